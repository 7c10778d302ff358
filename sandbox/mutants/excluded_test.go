package mutants

import "slices"

// excluded is a property that cannot stand beside another.
type excluded struct {
	name  string
	value any
}

// exclusive are pairs of properties that exclude each other and whose types do
// not say so: the type, where in it, what is there, and what is given besides.
var exclusive = []struct {
	token, path, name string
	excluded
}{
	{"azure-native:network:ApplicationGateway", "httpListeners[]", "hostNames", excluded{"hostName", "one.example.com"}},
	{"azure-native:network:ApplicationGateway", "sku", "tier", excluded{"capacity", 2}},
	{"azure-native:network:ApplicationGateway", "probes[]", "host", excluded{"pickHostNameFromBackendHttpSettings", true}},
	{"azure-native:network:ApplicationGateway", "requestRoutingRules[]", "backendAddressPool", excluded{"redirectConfiguration", map[string]any{"id": "$self/redirectConfigurations/none"}}},
}

// excludedBy lists what excludes a property that is there.
func (s site) excludedBy(name string, listed []string) []excluded {
	var found []excluded
	for _, other := range listed {
		found = append(found, excluded{other, s.sample(other)})
	}
	for _, pair := range exclusive {
		if pair.token == s.made.token() && pair.path == s.path && pair.name == name {
			found = append(found, pair.excluded)
		}
	}
	return slices.CompactFunc(found, func(a, b excluded) bool { return a.name == b.name })
}

// sample is a value of a property's type.
func (s site) sample(name string) any {
	p := s.shape.property(name)
	switch {
	case p.properties != nil:
		return map[string]any{}
	case p.element != nil && !p.open:
		return []any{"text"}
	default:
		return "text"
	}
}
