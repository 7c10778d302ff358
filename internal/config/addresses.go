package config

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// The sizes of a region's address space, as prefix lengths, least and most
// specific. The address plan in internal/topology cuts these into its subnets;
// below the smaller one a subnet would be too small for its service.
const (
	azureLargest, azureSmallest = 12, 22
	gcpLargest, gcpSmallest     = 12, 19
)

// bridge is the network of Docker's own on the machines that run containers.
var bridge = netip.MustParsePrefix("172.17.0.0/16")

// addressSpace is the CIDR of one region of the stack.
type addressSpace struct {
	path    *field.Path
	place   string
	text    string
	largest int
	least   int
}

// validateAddressSpaces holds the regions of both clouds to address spaces that
// are private, of a useful size, and disjoint: the networks may be peered.
func (c Config) validateAddressSpaces(path pathOf) field.ErrorList {
	var errs field.ErrorList
	taken := map[string]netip.Prefix{}
	for _, space := range c.addressSpaces(path) {
		prefix, err := netip.ParsePrefix(space.text)
		switch {
		case err != nil || !prefix.Addr().Is4() || !prefix.Addr().IsPrivate() || prefix != prefix.Masked():
			errs = append(errs, field.Invalid(space.path, space.text, "must be a private IPv4 network in CIDR form, such as 10.10.0.0/16"))
			continue
		case prefix.Bits() < space.largest || prefix.Bits() > space.least:
			errs = append(errs, field.Invalid(space.path, space.text, fmt.Sprintf("must be between /%d and /%d", space.largest, space.least)))
			continue
		}
		if bridge.Overlaps(prefix) {
			errs = append(errs, field.Invalid(space.path, space.text, fmt.Sprintf("overlaps %s, which machines keep for their containers", bridge)))
		}
		for _, other := range slices.Sorted(maps.Keys(taken)) {
			if taken[other].Overlaps(prefix) {
				errs = append(errs, field.Invalid(space.path, space.text, fmt.Sprintf("overlaps %s of %s", taken[other], other)))
			}
		}
		taken[space.place] = prefix
	}
	return errs
}

// addressSpaces lists the regions in order, Azure's first.
func (c Config) addressSpaces(path pathOf) []addressSpace {
	var spaces []addressSpace
	for _, name := range slices.Sorted(maps.Keys(c.Azure.Regions)) {
		spaces = append(spaces, addressSpace{
			path("azure").Child("regions", name, "cidr"), "azure/" + name, c.Azure.Regions[name].CIDR, azureLargest, azureSmallest,
		})
	}
	for _, name := range slices.Sorted(maps.Keys(c.GCP.Regions)) {
		spaces = append(spaces, addressSpace{
			path("gcp").Child("regions", name, "cidr"), "gcp/" + name, c.GCP.Regions[name].CIDR, gcpLargest, gcpSmallest,
		})
	}
	return spaces
}
