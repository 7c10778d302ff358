package config

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"ai-serving/internal/clouds"
)

// maxTrafficShare bounds weights and priorities.
// Source: learn.microsoft.com/azure/traffic-manager/traffic-manager-routing-methods.
const maxTrafficShare = 1000

func (c Config) validateTraffic(path *field.Path) field.ErrorList {
	traffic := c.Platform.Traffic
	if !slices.Contains(routings, traffic.Routing) {
		return nil // what else is wrong depends on it
	}
	errs := append(c.validateNesting(path), traffic.validateMultiValue(path)...)
	errs = append(errs, c.validateHealthModels(path.Child("healthModels"))...)
	entries := c.validateTrafficPlaces(path.Child("places"))
	if len(entries) > 0 {
		return append(errs, entries...)
	}
	for _, choice := range c.choices() {
		errs = append(errs, traffic.validateChoice(path.Child("places"), choice)...)
	}
	return errs
}

// validateMultiValue: Traffic Manager answers with several addresses, or with
// one name; and a profile that does cannot be the parent of others.
// Source: learn.microsoft.com/azure/traffic-manager/traffic-manager-faqs.
func (t Traffic) validateMultiValue(path *field.Path) field.ErrorList {
	if t.Routing != MultiValue {
		return nil
	}
	var errs field.ErrorList
	if t.Endpoints != AddressEndpoints {
		errs = append(errs, field.Invalid(path.Child("endpoints"), t.Endpoints,
			fmt.Sprintf("must be %q with multivalue routing: it answers with several addresses, never with names", AddressEndpoints)))
	}
	if t.Nested {
		errs = append(errs, field.Forbidden(path.Child("nested"), "multivalue routing cannot choose among profiles: leave it out, or choose another routing"))
	}
	return errs
}

// validateHealthModels: the models are in the catalogue, each once. Several need profiles
// that choose among profiles, which no profile with multivalue routing does.
func (c Config) validateHealthModels(path *field.Path) field.ErrorList {
	named := c.Platform.Traffic.HealthModels
	var errs field.ErrorList
	for i, model := range named {
		switch _, known := c.Models[model]; {
		case !known:
			errs = append(errs, notIn(path.Index(i), model, "models", c.Models))
		case slices.Contains(named[:i], model):
			errs = append(errs, field.Duplicate(path.Index(i), model))
		}
	}
	several := len(slices.Compact(slices.Sorted(slices.Values(named)))) > 1
	if several && c.Platform.Traffic.Routing == MultiValue {
		errs = append(errs, field.Forbidden(path, "multivalue routing cannot choose among profiles, which several models need: name one, or choose another routing"))
	}
	return errs
}

// validateNesting holds the number of regions that a cloud needs to what each
// placement has of it: with more, Traffic Manager would never choose the cloud.
func (c Config) validateNesting(path *field.Path) field.ErrorList {
	traffic, path := c.Platform.Traffic, path.Child("minChildEndpoints")
	least := traffic.MinChildEndpoints
	switch {
	case least > 1 && !traffic.Nested:
		return field.ErrorList{field.Forbidden(path, `is for nested profiles: add "nested: true", or leave it out`)}
	case !traffic.Nested:
		return nil
	}
	var errs field.ErrorList
	for _, places := range c.placements() {
		regions := map[string]int{}
		for _, place := range places {
			regions[cloudOf(place)]++
		}
		for _, cloud := range slices.Sorted(maps.Keys(regions)) {
			if n := regions[cloud]; len(regions) > 1 && n > 1 && least > n {
				errs = append(errs, field.Invalid(path, least,
					fmt.Sprintf("must be at most %d, the number of %s's regions in %s: the cloud would never be chosen", n, cloud, strings.Join(places, ", "))))
			}
		}
	}
	return errs
}

// placements are the distinct sets of places of the tenants that give them no
// order, each sorted.
func (c Config) placements() [][]string {
	distinct := map[string][]string{}
	for _, tenant := range c.Tenants {
		if !tenant.OrdersPlaces() {
			places := slices.Sorted(slices.Values(c.PlacesOf(tenant)))
			distinct[strings.Join(places, " ")] = places
		}
	}
	placements := make([][]string, 0, len(distinct))
	for _, key := range slices.Sorted(maps.Keys(distinct)) {
		placements = append(placements, distinct[key])
	}
	return placements
}

// choices are what profiles choose from by the platform's routing, by the keys
// of [Traffic.Places]. Where there is one place, there is nothing to choose.
func (c Config) choices() [][]string {
	var choices [][]string
	for _, places := range c.placements() {
		keys := make([]string, len(places))
		for i, place := range places {
			keys[i] = c.Platform.Traffic.keyOf(place)
		}
		if keys = slices.Compact(keys); len(keys) > 1 {
			choices = append(choices, keys)
		}
	}
	return choices
}

// validateTrafficPlaces looks at each entry alone.
func (c Config) validateTrafficPlaces(path *field.Path) field.ErrorList {
	traffic := c.Platform.Traffic
	known := map[string]struct{}{"azure": {}, globalPlace: {}}
	where := "the clouds, among which nested profiles choose"
	if !traffic.Nested {
		known, where = c.places(), "the stack's regions, or gcp for Google's global load balancer"
		known[globalPlace] = struct{}{}
	}
	var errs field.ErrorList
	for _, key := range slices.Sorted(maps.Keys(traffic.Places)) {
		if _, ok := known[key]; !ok {
			errs = append(errs, notIn(path.Child(key), key, where, known))
			continue
		}
		errs = append(errs, traffic.Places[key].validate(path.Child(key), traffic.Routing)...)
	}
	return errs
}

func (p TrafficPlace) validate(path *field.Path, routing Routing) field.ErrorList {
	var errs field.ErrorList
	for _, key := range []struct {
		name  string
		given bool
		of    Routing
	}{
		{"priority", p.Priority != 0, Priority},
		{"weight", p.Weight != 0, Weighted},
		{"geography", p.Geography != nil, Geographic},
		{"subnets", p.Subnets != nil, Subnet},
	} {
		if key.given && key.of != routing {
			errs = append(errs, field.Forbidden(path.Child(key.name),
				fmt.Sprintf("is for %s routing, and the platform's is %s: leave it out, or choose the other routing", key.of, routing)))
		}
	}
	if len(errs) > 0 {
		return errs
	}
	errs = append(errs, validateGeography(path.Child("geography"), p.Geography)...)
	return append(errs, validateSubnets(path.Child("subnets"), p.Subnets)...)
}

func validateGeography(path *field.Path, codes []string) field.ErrorList {
	var errs field.ErrorList
	for i, code := range codes {
		if slices.Contains(codes[:i], code) {
			errs = append(errs, field.Duplicate(path.Index(i), code))
		}
	}
	return errs
}

func validateSubnets(path *field.Path, subnets []string) field.ErrorList {
	var errs field.ErrorList
	for i, subnet := range subnets {
		prefix, err := netip.ParsePrefix(subnet)
		switch {
		case err != nil || prefix != prefix.Masked():
			errs = append(errs, field.Invalid(path.Index(i), subnet, rules["TrafficPlace.subnets"].Value.Says))
		case prefix.Bits() == 0:
			errs = append(errs, field.Forbidden(path.Index(i), subnet+" are all clients: a place without subnets takes all that no other has"))
		case !isPublic(prefix.Addr()):
			errs = append(errs, field.Invalid(path.Index(i), subnet, "is no network of the Internet: Traffic Manager sees the public address of a client's name server"))
		}
	}
	return errs
}

// isPublic reports whether an address may be seen on the Internet.
func isPublic(address netip.Addr) bool {
	return address.IsGlobalUnicast() && !address.IsPrivate()
}

// validateChoice looks at the entries together that one profile chooses from.
func (t Traffic) validateChoice(path *field.Path, choice []string) field.ErrorList {
	switch t.Routing {
	case Priority:
		return t.validatePriorities(path, choice)
	case Weighted:
		return t.validateWeights(path, choice)
	case Geographic:
		return t.validateWorld(path, choice)
	case Subnet:
		return t.validateNetworks(path, choice)
	default:
		return nil // performance and multivalue routing need to know nothing
	}
}

// need ends the messages about what a place lacks.
const need = "routing needs it of each place that serves tenants without regions of their own"

func (t Traffic) validatePriorities(path *field.Path, choice []string) field.ErrorList {
	var errs field.ErrorList
	owners := map[int]string{}
	for _, key := range choice {
		at, priority := path.Child(key, "priority"), t.Places[key].Priority
		switch owner, taken := owners[priority]; {
		case priority == 0:
			errs = append(errs, field.Required(at, "priority "+need+": 1, the first, to 1000"))
		case taken:
			errs = append(errs, field.Invalid(at, priority, "is that of "+owner+" too, which serves the same tenants"))
		default:
			owners[priority] = key
		}
	}
	return errs
}

func (t Traffic) validateWeights(path *field.Path, choice []string) field.ErrorList {
	var errs field.ErrorList
	for _, key := range choice {
		if t.Places[key].Weight == 0 {
			errs = append(errs, field.Required(path.Child(key, "weight"), "weighted "+need+": 1 to 1000"))
		}
	}
	return errs
}

// validateWorld: a region of the world is routed to one place, and clients whose
// region is routed to none get no answer.
func (t Traffic) validateWorld(path *field.Path, choice []string) field.ErrorList {
	var errs field.ErrorList
	owners := map[string]string{}
	for _, key := range choice {
		at, codes := path.Child(key, "geography"), t.Places[key].Geography
		if len(codes) == 0 {
			errs = append(errs, field.Required(at, "geographic "+need+": the regions of the world to route there"))
		}
		for i, code := range codes {
			if owner, taken := owners[code]; taken {
				errs = append(errs, field.Invalid(at.Index(i), code, "is routed to "+owner+" too, which serves the same tenants"))
				continue
			}
			owners[code] = key
		}
	}
	if _, everywhere := owners[clouds.World]; !everywhere {
		errs = append(errs, field.Required(path,
			fmt.Sprintf("give %s to one of %s: clients from a region that none of them has get no answer", clouds.World, strings.Join(choice, ", "))))
	}
	return errs
}

// network is a network of clients that is routed to a place.
type network struct {
	netip.Prefix
	place string
}

// validateNetworks: an address is routed to one place, and what is routed to none to
// the one without networks.
func (t Traffic) validateNetworks(path *field.Path, choice []string) field.ErrorList {
	var errs field.ErrorList
	var taken []network
	rest := ""
	for _, key := range choice {
		at, subnets := path.Child(key, "subnets"), t.Places[key].Subnets
		if len(subnets) == 0 && rest != "" {
			errs = append(errs, field.Required(at, "one place only takes all that no other has, and "+rest+" does"))
		} else if len(subnets) == 0 {
			rest = key
		}
		for i, subnet := range subnets {
			own := network{netip.MustParsePrefix(subnet), key}
			if j := slices.IndexFunc(taken, func(other network) bool { return other.Overlaps(own.Prefix) }); j >= 0 {
				errs = append(errs, field.Invalid(at.Index(i), subnet, fmt.Sprintf("overlaps %s of %s", taken[j].Prefix, taken[j].place)))
			}
			taken = append(taken, own)
		}
	}
	return errs
}
