package testkit

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Violations lists where the recording breaks a rule that every stack has to
// keep, one line each.
func Violations(r *Recording) []string {
	var found []string
	for _, registered := range r.Resources {
		for _, rule := range rules {
			if fault := rule(r, registered); fault != "" {
				found = append(found, fmt.Sprintf("%s (%s): %s", registered.Path, registered.Type, fault))
			}
		}
	}
	return found
}

// rules tell what is wrong with a resource, "" if nothing.
var rules = []func(*Recording, Resource) string{
	belongsToComponent,
	hasFittingName,
	hasExplicitProvider,
	hidesSecrets,
	sharesNoSubnet,
}

const containerGroup = "azure-native:containerinstance:ContainerGroup"

// sharesNoSubnet holds for container groups: Azure gives the address of one to another one
// of its subnet, which has to be of the same model and the same tenant.
func sharesNoSubnet(r *Recording, registered Resource) string {
	if registered.Type != containerGroup {
		return ""
	}
	subnet, workload := subnetAndWorkload(registered)
	for _, other := range r.Resources {
		if other.Type != containerGroup || subnet == "" {
			continue
		}
		if shared, another := subnetAndWorkload(other); shared == subnet && another != workload {
			return "shares its subnet with " + other.Path
		}
	}
	return ""
}

// subnetAndWorkload are the subnet of a container group, "" where it is not known yet, and
// the model and the tenant that it serves.
func subnetAndWorkload(group Resource) (subnet, workload string) {
	inputs := group.Inputs.Mappable()
	if subnets, _ := inputs["subnetIds"].([]any); len(subnets) == 1 {
		first, _ := subnets[0].(map[string]any)
		subnet, _ = first["id"].(string)
	}
	tags, _ := inputs["tags"].(map[string]any)
	return subnet, fmt.Sprint(tags["model"], " ", tags["tenant"])
}

// belongsToComponent holds for components and explicit providers, which may
// stand at the top, and for what has a parent.
func belongsToComponent(_ *Recording, registered Resource) string {
	atTop := registered.Parent.QualifiedType() == resource.RootStackType
	if atTop && registered.Custom && registered.Package() != "pulumi" {
		return "does not descend from a component"
	}
	return ""
}

// randomCharacters is the most that auto-naming adds: Pulumi's Kubernetes
// provider adds a hyphen and eight characters, the others less.
const randomCharacters = 9

// nameLimits are the longest names, in characters, by type or by package.
//
// Sources: cloud.google.com/compute/docs/naming-resources, the documentation of
// projects.locations.clusters in the GKE API, "Naming rules and restrictions
// for Azure resources" at learn.microsoft.com, and RFC 1123 for Kubernetes.
var nameLimits = map[string]int{
	"azure-native": 80,
	"azure-native:containerinstance:ContainerGroup": 63,
	"azure-native:network:Profile":                  63,
	"azure-native:network:VirtualNetwork":           64,
	"azure-native:resources:ResourceGroup":          90,
	"gcp":                                           63,
	"gcp:container/cluster:Cluster":                 40,
	"gcp:container/nodePool:NodePool":               40,
	"kubernetes":                                    63,
}

func hasFittingName(_ *Recording, registered Resource) string {
	limit, ok := nameLimits[registered.Type]
	if !ok {
		limit, ok = nameLimits[registered.Package()]
	}
	name := physicalName(registered)
	if !ok || len(name) <= limit {
		return ""
	}
	return fmt.Sprintf("the name %q has %d characters, of at most %d", name, len(name), limit)
}

// physicalName is the name that the program gives, or else the longest that
// Pulumi may make.
func physicalName(registered Resource) string {
	inputs := registered.Inputs.MapRepl(nil, nil)
	if metadata, ok := inputs["metadata"].(map[string]any); ok {
		inputs = metadata
	}
	if name, ok := inputs["name"].(string); ok {
		return name
	}
	return registered.Name + strings.Repeat("x", randomCharacters)
}

// hasExplicitProvider holds for Kubernetes objects, which without one would go
// to whichever cluster the machine's own kubeconfig points to.
func hasExplicitProvider(_ *Recording, registered Resource) string {
	if registered.Package() == "kubernetes" && registered.Custom && registered.Provider == "" {
		return "has no explicit provider"
	}
	return ""
}

// secretInputs are the names of inputs that always hold a secret.
var secretInputs = []string{"kubeconfig", "password", "privateKey", "secretData", "secureValue", "token", "workspaceKey"}

func hidesSecrets(r *Recording, registered Resource) string {
	shown := Reveal(registered.Inputs)
	if input := plaintext(shown); input != "" {
		return fmt.Sprintf("%s is not secret", input)
	}
	text, err := json.Marshal(shown)
	if err != nil {
		return err.Error()
	}
	for _, key := range r.program.Secrets {
		if strings.Contains(string(text), r.program.Config[key]) {
			return fmt.Sprintf("shows the secret %s", key)
		}
	}
	return ""
}

// plaintext is the name of an input that should be secret and is not.
func plaintext(value any) string {
	switch value := value.(type) {
	case map[string]any:
		for name, inner := range value {
			if _, text := inner.(string); text && inner != secretValue && inner != unknownValue && slices.Contains(secretInputs, name) {
				return name
			}
			if found := plaintext(inner); found != "" {
				return found
			}
		}
	case []any:
		for _, inner := range value {
			if found := plaintext(inner); found != "" {
				return found
			}
		}
	}
	return ""
}
