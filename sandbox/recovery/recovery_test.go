package recovery

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ai-serving/sandbox/inventory"
)

const (
	prefix   = "urn:pulumi:dev::ai-serving::"
	address  = prefix + "gcp:compute/address:Address::main"
	vnet     = prefix + "azure-native:network:VirtualNetwork::main"
	service  = prefix + "kubernetes:core/v1:Service::web"
	provider = prefix + "pulumi:providers:kubernetes::other"
)

// given are the resources that every state has: the stack, a resource group whose
// name was chosen at random, and the providers.
var given = []string{
	`{"urn": "` + prefix + `pulumi:pulumi:Stack::main", "custom": false, "type": "pulumi:pulumi:Stack"}`,
	`{"urn": "` + prefix + `azure-native:resources:ResourceGroup::main", "custom": true, "type": "azure-native:resources:ResourceGroup",
		"id": "/subscriptions/s-1/resourceGroups/main1234abcd", "inputs": {"__createBeforeDelete": true}}`,
	`{"urn": "` + providerOf("azure-native") + `", "custom": true, "type": "pulumi:providers:azure-native", "id": "id-1"}`,
	`{"urn": "` + providerOf("gcp") + `", "custom": true, "type": "pulumi:providers:gcp", "id": "id-1"}`,
	`{"urn": "` + providerOf("kubernetes") + `", "custom": true, "type": "pulumi:providers:kubernetes", "id": "id-1"}`,
}

func providerOf(name string) string { return prefix + "pulumi:providers:" + name + "::main" }

// state is an exported state of the given resources, others, and pending
// operations.
func state(resources, pending string) string {
	return `{"version": 3, "deployment": {"manifest": {"time": "now"}, "resources": [` +
		strings.Join(given, ",") + resources + `], "pending_operations": [` + pending + `]}}`
}

// made is a resource of a URN, with more properties that begin with a comma.
func made(urn, inputs, more string) string {
	token := strings.Split(strings.TrimPrefix(urn, prefix), "::")[0]
	return `{"urn": "` + urn + `", "custom": true, "type": "` + token + `", "inputs": ` + inputs +
		`, "provider": "` + providerOf(packageOf(token)) + `::id-1"` + more + `}`
}

// creating is a pending creation.
func creating(urn, inputs string) string {
	return `{"type": "creating", "resource": ` + made(urn, inputs, "") + `}`
}

const addressInputs = `{"name": "main-1", "region": "europe-west4", "project": "p"}`

// recoverState gives the creations, and the resources of the new state that are
// not the given ones.
func recoverState(t *testing.T, text string, ids map[string]string, attempts ...Attempt) ([]Creation, []map[string]any) {
	t.Helper()
	var to strings.Builder
	creations, err := Recover(strings.NewReader(text), &to, attempts, ids)
	if err != nil {
		t.Fatal(err)
	}
	var exported struct {
		Version    int
		Deployment struct {
			Manifest          map[string]any
			Resources         []map[string]any
			PendingOperations []any `json:"pending_operations"`
		}
	}
	if err := json.Unmarshal([]byte(to.String()), &exported); err != nil {
		t.Fatal(err)
	}
	if exported.Version != 3 || exported.Deployment.Manifest["time"] != "now" || len(exported.Deployment.PendingOperations) > 0 {
		t.Errorf("state %s", to.String())
	}
	return creations, exported.Deployment.Resources[len(given):]
}

func TestIDsFollowFromTheInputs(t *testing.T) {
	t.Parallel()
	creations, resources := recoverState(t, state("", strings.Join([]string{
		creating(address, addressInputs),
		creating(vnet, `{"virtualNetworkName": "v", "resourceGroupName": "g"}`),
		creating(service, `{"metadata": {"name": "web", "namespace": "shop"}}`),
		creating(provider, `{}`),
		`{"type": "updating", "resource": {"urn": "x", "custom": true}}`,
		`{"type": "creating", "resource": {"urn": "y", "custom": false, "type": "ai-serving:gcp:Cluster"}}`,
	}, ",")), nil)
	want := []Creation{
		{URN: address, ID: "projects/p/regions/europe-west4/addresses/main-1"},
		{URN: vnet, ID: "/subscriptions/s-1/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v"},
		{URN: service, ID: "shop/web"},
	}
	if diff := cmp.Diff(want, creations); diff != "" {
		t.Errorf("creations (-want +got)\n%s", diff)
	}
	for i, resource := range resources {
		if resource["urn"] != want[i].URN || resource["id"] != want[i].ID || resource["delete"] != nil || resource["outputs"] == nil {
			t.Errorf("resource %v, want that of %v", resource, want[i])
		}
	}
}

func TestAnIDThatDoesNotFollowHasToBeGiven(t *testing.T) {
	t.Parallel()
	const urn = prefix + "gcp:sql/databaseInstance:DatabaseInstance::main"
	for _, text := range []string{
		state("", creating(urn, `{}`)),
		state("", creating(address, `{"name": "main-1"}`)),
		state("", creating(service, `{}`)),
	} {
		if _, err := Recover(strings.NewReader(text), &strings.Builder{}, nil, nil); err == nil || !strings.Contains(err.Error(), prefix) {
			t.Errorf("%s is recovered: %v", text, err)
		}
	}
	creations, _ := recoverState(t, state("", creating(urn, `{}`)), map[string]string{urn: "p/main"})
	if diff := cmp.Diff([]Creation{{URN: urn, ID: "p/main"}}, creations); diff != "" {
		t.Errorf("creations (-want +got)\n%s", diff)
	}
}

// A replacement was being made while the resource that it replaces was there.
func TestAnInterruptedReplacementIsDeleted(t *testing.T) {
	t.Parallel()
	old := "," + made(address, "{}", `, "id": "projects/p/regions/europe-west4/addresses/main-0"`)
	creations, resources := recoverState(t, state(old, creating(address, addressInputs)), nil)
	if len(creations) != 1 || !creations[0].Superseded {
		t.Errorf("creations %v", creations)
	}
	if len(resources) != 2 || resources[0]["delete"] != nil || resources[1]["delete"] != true {
		t.Errorf("resources %v", resources)
	}
}

// A replacement was being made after the resource that it replaces was deleted.
func TestAReplacementTakesThePlaceOfWhatWasDeletedBefore(t *testing.T) {
	t.Parallel()
	old := "," + made(address, "{}", `, "id": "projects/p/regions/europe-west4/addresses/main-1", "pendingReplacement": true`)
	creations, resources := recoverState(t, state(old, creating(address, addressInputs)), nil)
	if len(creations) != 1 || creations[0].Superseded {
		t.Errorf("creations %v", creations)
	}
	if len(resources) != 1 || resources[0]["pendingReplacement"] != nil || resources[0]["delete"] != nil {
		t.Errorf("resources %v", resources)
	}
}

// An old note of a creation whose name is in the state already is of no use.
func TestWhatTheStateHasIsNotDoubled(t *testing.T) {
	t.Parallel()
	present := "," + made(address, "{}", `, "id": "projects/p/regions/europe-west4/addresses/main-1"`)
	creations, resources := recoverState(t, state(present, creating(address, addressInputs)), nil)
	if len(creations) > 0 || len(resources) != 1 {
		t.Errorf("creations %v, resources %v", creations, resources)
	}
}

// The golden files tell which types the program's stacks have.
func TestTheIDsOfAllTypesOfTheProgramFollow(t *testing.T) {
	t.Parallel()
	types, err := inventory.Types("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, token := range types {
		if packageOf(token) != "kubernetes" && templates()[token] == "" {
			t.Errorf("no id of %s", token)
		}
	}
}
