package gateway

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"ai-serving/internal/testkit"
)

const policyToken = "azure-native:network:WebApplicationFirewallPolicy"

// documents are what a gateway is registered with: its parts and its firewall
// policies, by what they are and their name.
func documents(t fataler, recording *testkit.Recording, gateway string) map[string]any {
	t.Helper()
	result := map[string]any{}
	for segment, value := range inputs(t, recording, gatewayToken, gateway) {
		list, _ := value.([]any)
		for i, name := range partNames(value) {
			key := segment + "/" + name
			if result[key] != nil {
				t.Fatalf("there are two %s", key)
			}
			result[key] = list[i]
		}
	}
	for _, policy := range recording.OfType(policyToken) {
		result["policies/"+policy.Name] = policy.Inputs.Mappable()
	}
	return result
}

// references are the ids in a value that refer to parts of the gateway, and to
// firewall policies.
func references(value any) []string {
	var found []string
	switch value := value.(type) {
	case string:
		if strings.HasPrefix(value, "$self/") || strings.Contains(value, "/ApplicationGatewayWebApplicationFirewallPolicies/") {
			found = append(found, value)
		}
	case []any:
		for _, inner := range value {
			found = append(found, references(inner)...)
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(value)) {
			found = append(found, references(value[key])...)
		}
	}
	return found
}

// named is the document that a reference is to, by its key in documents. What
// Pulumi names ends with a hyphen and seven characters.
func named(reference string) string {
	if key, isPart := strings.CutPrefix(reference, "$self/"); isPart {
		return key
	}
	name := reference[strings.LastIndex(reference, "/")+1:]
	return "policies/" + name[:strings.LastIndex(name, "-")]
}

// partNames are the names in a list of parts, nil for any other value.
func partNames(value any) []string {
	list, _ := value.([]any)
	var names []string
	for _, part := range list {
		if part, ok := part.(map[string]any); ok {
			names = append(names, fmt.Sprint(part["name"]))
		}
	}
	return names
}
