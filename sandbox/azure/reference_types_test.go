package azure

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"ai-serving/sandbox/azure/bicep"
)

// A reference whose property is not in the list could name anything.
func TestEveryReferenceOfAGatewayHasAType(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	_, definition, err := s.kind(urn("network:ApplicationGateway", "it").Type())
	if err != nil {
		t.Fatal(err)
	}
	var references []string
	eachReference(definition, "", "", map[*bicep.Type]bool{}, func(path, property string) {
		references = append(references, path)
		if referenceTypes[property] == "" {
			t.Errorf("referenceTypes does not have the type of what %s names", path)
		}
	})
	if len(references) < 30 {
		t.Errorf("the definition has the references %q only", references)
	}
}

// eachReference calls f for each property that refers to a resource or to a part
// of one, and that can be given.
func eachReference(t *bicep.Type, path, property string, seen map[*bicep.Type]bool, f func(path, property string)) {
	switch {
	case t.Kind == bicep.Array:
		eachReference(t.Items, path+"[]", property, seen, f)
	case t.Name == "SubResource":
		f(path, property)
	case t.Kind == bicep.Object && !seen[t]:
		seen[t] = true
		for name, field := range fieldsOf(t) {
			if !field.ReadOnly {
				eachReference(field.Type, strings.TrimPrefix(path+"."+name, "."), name, seen, f)
			}
		}
	}
}

// Each reference from a part of a gateway names another part of the same gateway.
func TestAGatewayRefersToItsOwnParts(t *testing.T) {
	t.Parallel()
	s := inWorld(t)
	identityStands(s)
	secretStands(s)
	policiesStand(s)
	gatewayStands(s)
	otherAddress(s)
	tenants := tenantGateway(object{
		"applicationGatewayName":   "it",
		"frontendIPConfigurations": list{object{"name": "fe", "publicIPAddress": object{"id": testNetwork + "/publicIPAddresses/other"}}},
		"identity":                 object{"type": "UserAssigned", "userAssignedIdentities": list{testIdentity}},
	})
	// inputs changes the reference with a number to the other gateway's part of the
	// same name, and gives both.
	inputs := func(n int) (inputs object, changed string) {
		seen := 0
		inputs, _ = copied(tenants, func(text string) string {
			part, isReference := strings.CutPrefix(text, self)
			if isReference {
				seen++
			}
			if !isReference || seen != n {
				return text
			}
			changed = testNetwork + "/applicationGateways/gw/" + part
			return changed
		}).(object)
		return inputs, changed
	}
	for n := 1; ; n++ {
		wrong, changed := inputs(n)
		if changed == "" {
			if n < 30 {
				t.Errorf("the gateway has %d references only", n-1)
			}
			break
		}
		t.Run(strings.TrimPrefix(changed, testNetwork), func(t *testing.T) {
			refusedBy(t, referenceOwn, second(s.tryCreate("network:ApplicationGateway", "it", wrong)))
		})
	}
	right, _ := inputs(0)
	s.create("network:ApplicationGateway", "it", right)
}

// copied is a deep copy of inputs, with what f makes of their texts, in order.
func copied(v any, f func(string) string) any {
	switch v := v.(type) {
	case string:
		return f(v)
	case object:
		result := object{}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			result[name] = copied(v[name], f)
		}
		return result
	case list:
		result := make(list, len(v))
		for i, item := range v {
			result[i] = copied(item, f)
		}
		return result
	default:
		return v
	}
}
