package config

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// validateTenantRegions holds the places that a tenant names to those of the stack.
func (c Config) validateTenantRegions(path *field.Path, tenant Tenant) field.ErrorList {
	regions, known := path.Child("regions"), c.nameable()
	var errs field.ErrorList
	for i, place := range tenant.Regions {
		_, named := known[place]
		switch {
		case !named:
			errs = append(errs, notIn(regions.Index(i), place, "the stack's regions and clouds", known))
		case slices.Contains(tenant.Regions[:i], place):
			errs = append(errs, field.Duplicate(regions.Index(i), place))
		case place == "azure" && len(tenant.Regions) > 1:
			errs = append(errs, field.Invalid(regions.Index(i), place,
				"stands for all of Azure's regions, the nearest first, and has no place in an order: name it alone, or the regions one by one"))
		}
	}
	return errs
}

// nameable are what a tenant's regions may have: the stack's, and the clouds.
func (c Config) nameable() map[string]struct{} {
	known := c.places()
	for _, cloud := range cloudNames {
		known[cloud] = struct{}{}
	}
	return known
}

// lack is a model of a tenant's that a cloud has no runtime of, although the tenant
// is to be served there.
type lack struct{ model, cloud string }

// lacks are in the order of the clouds and the models. A model that nothing serves
// is an error of its own.
func (c Config) lacks(tenant Tenant, places []string) []lack {
	var all []lack
	for _, cloud := range cloudNames {
		if !slices.ContainsFunc(places, func(place string) bool { return cloudOf(place) == cloud }) {
			continue
		}
		for _, id := range slices.Sorted(slices.Values(tenant.Models)) {
			model := c.Models[id]
			if served := model.Azure != nil || model.GCP != nil; served && !model.RunsOn(cloud) {
				all = append(all, lack{id, cloud})
			}
		}
	}
	return slices.Compact(all)
}

// placeComplaints are about the places of a tenant that lack some of its models. A
// tenant is never served in fewer places than its entry says, or than there are
// where it says nothing: otherwise a model that is added to a tenant, or a runtime
// that is taken from a model, would take places away without a word.
func (c Config) placeComplaints(tenants, models *field.Path, id string) []complaint {
	s := c.shortfallOf(tenants.Child(id), c.Tenants[id])
	if len(s.lacks) == 0 {
		return nil
	}
	what, remedy := "tenants are served in fewer places than their entries say", fmt.Sprintf("write %q in", s.remedy())
	if len(s.left) == 0 {
		what, remedy = "no place has all models of some tenants", "name other models or places in"
	}
	return []complaint{{
		tenant: id, own: s.report(c.narrower(s.tenant, s.left)),
		entry: models.Child(s.lacks[0].model, s.lacks[0].cloud), what: s.reason() + ", so " + what, fix: "add " + s.missing(), remedy: remedy,
	}}
}

// shortfallOf divides the places of a tenant that the stack has into those that lack
// some of its models and those that have them all.
func (c Config) shortfallOf(path *field.Path, tenant Tenant) shortfall {
	known := c.nameable()
	var places []string
	for _, place := range c.PlacesOf(tenant) {
		if _, named := known[place]; named && !slices.Contains(places, place) { // the others are errors of their own
			places = append(places, place)
		}
	}
	s := shortfall{path: path, tenant: tenant, lacks: c.lacks(tenant, places)}
	for _, place := range places {
		if slices.ContainsFunc(s.lacks, func(l lack) bool { return l.cloud == cloudOf(place) }) {
			s.lost = append(s.lost, place)
		} else {
			s.left = append(s.left, place)
		}
	}
	return s
}

// shortfall is what a tenant has of its places.
type shortfall struct {
	path       *field.Path
	tenant     Tenant
	lacks      []lack
	lost, left []string
}

// remedy is what the tenant's entry has to say for the places that are left; "" if
// none are.
func (s shortfall) remedy() string {
	switch {
	case len(s.left) == 0:
		return ""
	case s.tenant.OrdersPlaces():
		return "regions: [" + strings.Join(s.left, ", ") + "]"
	default:
		// A cloud has all of the models or not, so that what is left is all of one.
		return "regions: [" + cloudOf(s.left[0]) + "]"
	}
}

// report is the error at the tenant's entry. A residency is one that has the places
// that are left, and no others, or "".
func (s shortfall) report(residency string) *field.Error {
	cannot := fmt.Sprintf("%s, so %s cannot serve the tenant%s: add %s", s.reason(), some(s.lost), s.says(), s.missing())
	remedy := s.remedy()
	switch {
	case remedy == "" && s.tenant.Regions != nil:
		return s.at(cannot + ", or name other regions")
	case remedy == "" && s.tenant.Residency != "":
		return s.at(cannot + ", or choose another residency")
	case remedy == "":
		return s.at(cannot + ", or divide the models among several tenants")
	case residency != "":
		return s.at(fmt.Sprintf("%s, or write %q or %q", cannot, remedy, "residency: "+residency))
	default:
		return s.at(fmt.Sprintf("%s, or write %q", cannot, remedy))
	}
}

// at is an error at the part of the entry that asks for what is lost: the place, if
// the tenant names it, or else the model.
func (s shortfall) at(detail string) *field.Error {
	regions, models := s.path.Child("regions"), s.path.Child("models")
	switch {
	case s.tenant.cloudAlone() != "":
		return field.Invalid(regions.Index(0), s.tenant.Regions[0], detail)
	case s.tenant.Regions != nil && len(s.lost) == 1:
		return field.Invalid(regions.Index(slices.Index(s.tenant.Regions, s.lost[0])), s.lost[0], detail)
	case s.tenant.Regions != nil:
		return field.Invalid(regions, s.tenant.Regions, detail)
	case len(s.lacks) == 1:
		id := s.lacks[0].model
		return field.Invalid(models.Index(slices.Index(s.tenant.Models, id)), id, strings.TrimPrefix(detail, fmt.Sprintf("model %q ", id)))
	default:
		return field.Invalid(models, s.tenant.Models, detail)
	}
}

// says is what the entry of a tenant says that names no regions.
func (s shortfall) says() string {
	switch {
	case s.tenant.Regions != nil:
		return ""
	case s.tenant.Residency != "":
		return ", which has the residency " + s.tenant.Residency
	default:
		return ", which names no regions"
	}
}

// reason says which models are missing where: `model "vision" has no azure runtime
// in the catalogue`.
func (s shortfall) reason() string {
	var reasons []string
	for _, cloud := range cloudNames {
		switch ids := s.of(cloud); len(ids) {
		case 0:
		case 1:
			reasons = append(reasons, fmt.Sprintf("model %s has no %s runtime", ids[0], cloud))
		default:
			reasons = append(reasons, fmt.Sprintf("models %s have no %s runtime", strings.Join(ids, ", "), cloud))
		}
	}
	return strings.Join(reasons, " and ") + " in the catalogue"
}

// of are the models that a cloud lacks, in quotes.
func (s shortfall) of(cloud string) []string {
	var ids []string
	for _, l := range s.lacks {
		if l.cloud == cloud {
			ids = append(ids, strconv.Quote(l.model))
		}
	}
	return ids
}

// missing are the paths of the runtimes to add: "models.vision.azure".
func (s shortfall) missing() string {
	var paths []string
	for _, l := range s.lacks {
		paths = append(paths, "models."+l.model+"."+l.cloud)
	}
	return strings.Join(paths, " and ")
}

// narrower is the largest residency inside of a tenant's that has none but some
// places; "" if there is none, or the tenant has no residency or names places.
func (c Config) narrower(tenant Tenant, places []string) string {
	best := ""
	if tenant.Residency == "" || tenant.Regions != nil {
		return best
	}
	for _, name := range slices.Sorted(maps.Keys(c.Platform.Residencies)) {
		within := c.Platform.Residencies[name]
		outside := slices.ContainsFunc(within, func(place string) bool { return !slices.Contains(places, place) })
		if !outside && len(within) > len(c.Platform.Residencies[best]) {
			best = name
		}
	}
	return best
}
