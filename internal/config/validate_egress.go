package config

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// metadata is the metadata server of both clouds' machines.
var metadata = netip.MustParseAddr("169.254.169.254")

const httpsPort = 443

// validateEgress holds what models may connect to to networks, each once, that are no
// way to a machine's identity or to other tenants' replicas.
func (c Config) validateEgress(path pathOf) field.ErrorList {
	var errs field.ErrorList
	for _, id := range slices.Sorted(maps.Keys(c.Models)) {
		at := path("models").Child(id, "egress")
		errs = append(errs, c.Models[id].validateEgress(at)...)
		errs = append(errs, c.validateOwnSpaces(at, c.Models[id].Egress)...)
	}
	return errs
}

// validateOwnSpaces refuses networks that the stack's own machines and pods are in.
func (c Config) validateOwnSpaces(path *field.Path, egress []Egress) field.ErrorList {
	var errs field.ErrorList
	for i, one := range egress {
		prefix, err := netip.ParsePrefix(one.CIDR)
		if err != nil || prefix.Contains(metadata) {
			continue // refused already
		}
		for _, space := range c.addressSpaces(func(section string) *field.Path { return field.NewPath(section) }) {
			if own, err := netip.ParsePrefix(space.text); err == nil && own.Overlaps(prefix) {
				errs = append(errs, field.Invalid(path.Index(i).Child("cidr"), one.CIDR,
					fmt.Sprintf("overlaps %s of %s, where other tenants' replicas are: name a network that is not the stack's", own, space.place)))
				break
			}
		}
	}
	return errs
}

func (m Model) validateEgress(path *field.Path) field.ErrorList {
	var errs field.ErrorList
	for i, one := range m.Egress {
		at := path.Index(i)
		prefix, err := netip.ParsePrefix(one.CIDR)
		switch {
		case !cidrForm.MatchString(one.CIDR): // refused already
		case err != nil:
			errs = append(errs, field.Invalid(at.Child("cidr"), one.CIDR, "must be an IPv4 network in CIDR form, such as 10.9.0.0/24"))
		case prefix != prefix.Masked():
			errs = append(errs, field.Invalid(at.Child("cidr"), one.CIDR, fmt.Sprintf("is an address in the network %s: name that", prefix.Masked())))
		case prefix.Bits() == 0 && one.Port == httpsPort:
			errs = append(errs, field.Forbidden(at, "every server may use HTTPS: leave it out"))
		case prefix.Contains(metadata):
			errs = append(errs, field.Invalid(at.Child("cidr"), one.CIDR, fmt.Sprintf("has the metadata server in it, %s, which hands out identities: name a smaller network", metadata)))
		case slices.Contains(m.Egress[:i], one):
			errs = append(errs, field.Duplicate(at, fmt.Sprintf("%s:%d", one.CIDR, one.Port)))
		}
	}
	return errs
}
