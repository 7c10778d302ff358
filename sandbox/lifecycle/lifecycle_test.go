// Package lifecycle deploys the repository's stacks on the real engine, changes
// them, and takes them away again.
package lifecycle

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ai-serving/sandbox/gcp/rest"
	"ai-serving/sandbox/stacktest"
)

// changes are counts of resources, by what is done to them and type.
type changes = map[string]map[string]int

// edit is a change of a stack file, and what it is to change in the clouds.
type edit struct {
	what, old, with string
	want            changes
}

// stack is what is known of a stack file.
type stack struct {
	// records is how many DNS records its team has to create: one for each load
	// balancer of Google and each host.
	records int
	edits   []edit
	// impossible is an edit that the clouds refuse. Taken back, it leaves nothing.
	impossible edit
}

// stacks are those of all stack files of the checkout.
var stacks = map[string]stack{
	"Pulumi.dev.yaml": {records: 5, edits: []edit{
		{"add a pooled tenant", "    initech: ", "    hooli: {models: [chat]}\n    initech: ", changes{
			"update": {policy: 1, regionalMap: 1, globalMap: 1},
		}},
		{"scale a model", "replicas: 2}", "replicas: 3}", changes{
			"create": {containers: 2},
			"update": {gateway: 1},
		}},
		{"rotate an image", "hello-app:1.0", "hello-app:2.0", changes{
			"replace": {containers: 6},
			"update":  {gateway: 1, deployment: 2},
		}},
	}, impossible: edit{what: "give a region of Google's another address space", old: "cidr: 10.20.0.0/16", with: "cidr: 10.40.0.0/16"}},
	"Pulumi.prod.yaml": {records: 14, edits: []edit{
		{"add a pooled tenant", "  acme: ", "  adatum: {models: [chat]}\n  acme: ", changes{
			"update": {policy: 2, regionalMap: 2, globalMap: 1},
		}},
		// One in Azure, one in Google's cloud.
		{"raise a bridge tenant's limit", "rateLimitPerMinute: 1200", "rateLimitPerMinute: 1500", changes{
			"update": {policy: 1, limit: 1},
		}},
		// Two models, in two regions.
		{"disable a tenant", "acme: {", "acme: {enabled: false, ", changes{
			"update": {policy: 4, regionalMap: 2, globalMap: 1},
		}},
		{"rotate an image", "llama.cpp:server-b6500", "llama.cpp:server-b6510", changes{
			"replace": {containers: 14},
			"update":  {gateway: 4, deployment: 6},
		}},
	}},
	"testdata/Pulumi.wide.yaml": {records: 9, edits: []edit{
		{"add a pooled tenant", "    initech: ", "    fabrikam: {models: [chat]}\n    initech: ", changes{
			"update": {policy: 2, regionalMap: 2, globalMap: 1},
		}},
		// Those of all tenants and of contoso, in two regions.
		{"scale a model", "replicas: 3}", "replicas: 4}", changes{
			// A fourth replica is in another subnet.
			"create": {containers: 4, subnet: 4, securityGroup: 4},
			"update": {gateway: 2},
		}},
		{"rotate an image", "hello-app:1.0", "hello-app:2.0", changes{
			"replace": {containers: 16},
			"update":  {gateway: 2, deployment: 6},
		}},
	}},
}

const (
	containers    = "azure-native:containerinstance:ContainerGroup"
	subnet        = "azure-native:network:Subnet"
	securityGroup = "azure-native:network:NetworkSecurityGroup"
	gateway       = "azure-native:network:ApplicationGateway"
	policy        = "azure-native:network:WebApplicationFirewallPolicy"
	limit         = "gcp:compute/regionSecurityPolicyRule:RegionSecurityPolicyRule"
	globalMap     = "gcp:compute/uRLMap:URLMap"
	regionalMap   = "gcp:compute/regionUrlMap:RegionUrlMap"
	deployment    = "kubernetes:apps/v1:Deployment"
)

func TestEveryStackLivesAndDies(t *testing.T) {
	t.Parallel()
	files := stackFiles(t)
	if diff := cmp.Diff(slices.Sorted(maps.Keys(stacks)), files); diff != "" {
		t.Errorf("stack files (-known +in the checkout)\n%s", diff)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			s := stacktest.New(t, file)
			s.Up()
			s.Settled()
			checkOutputs(s, stacks[file].records)
			checkDeployments(s)
			checkSecrets(s)
			checkManifests(s)
			stop := watchAvailability(s)
			drain(s)
			for _, edit := range stacks[file].edits {
				s.Edit(edit.old, edit.with)
				if diff := cmp.Diff(edit.want, s.Plan()); diff != "" {
					t.Errorf("to %s changes (-want +got)\n%s", edit.what, diff)
				}
				s.Up()
			}
			refuse(s, stacks[file].impossible)
			s.Settled()
			stop()
			checkRoutes(s)
			s.Destroy()
		})
	}
}

// refuse makes an edit that the clouds refuse, and takes it back.
func refuse(s stacktest.Stack, impossible edit) {
	s.T.Helper()
	if impossible.what == "" {
		return
	}
	undo := s.Edit(impossible.old, impossible.with)
	if _, err := s.Try("up", "--yes", "--skip-preview"); err == nil {
		s.T.Errorf("to %s was not refused", impossible.what)
	}
	undo()
}

// checkRoutes fails if requests ever went to a backend service of Google's that had
// nothing healthy behind it.
func checkRoutes(s stacktest.Stack) {
	s.T.Helper()
	text, err := os.ReadFile(filepath.Join(s.Sandbox.Home, rest.UnreadyRoutes))
	if err == nil {
		s.T.Errorf("routes to nothing healthy:\n%s", text)
	} else if !errors.Is(err, fs.ErrNotExist) {
		s.T.Error(err)
	}
}

// stackFiles are all of the checkout, relative to it.
func stackFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	for _, pattern := range []string{"Pulumi.*.yaml", "testdata/Pulumi.*.yaml"} {
		found, err := filepath.Glob(filepath.Join("..", "..", pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range found {
			files = append(files, strings.TrimPrefix(filepath.ToSlash(file), "../../"))
		}
	}
	slices.Sort(files)
	return files
}

func TestABadStackFileChangesNothing(t *testing.T) {
	t.Parallel()
	s := stacktest.New(t, "Pulumi.dev.yaml")
	s.Edit("models: [chat, embed]", "models: [chta]")
	_, err := s.Try("up", "--yes", "--skip-preview")
	const reason = `ai-serving:tenants.acme.models[0]: Invalid value: "chta": is not in the model catalogue (did you mean "chat"?): chat, embed`
	if err == nil || !strings.Contains(err.Error(), reason) {
		t.Errorf("up of a bad stack file = %v, want %s", err, reason)
	}
	if made := s.Clouds(); len(made) > 0 {
		t.Errorf("it has made %v", made)
	}
}
