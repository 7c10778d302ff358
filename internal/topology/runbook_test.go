package topology

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// catalogue is the entry of a model in Pulumi.dev.yaml, with its image.
func catalogue(model, image string) string {
	return fmt.Sprintf(`    %s:
      image: us-docker.pkg.dev/google-samples/containers/gke/hello-app:%s
      port: 8080
      healthPath: /
      paths: [/v1/chat/*]
      maxStreamSeconds: 300
      azure:
        containers: {cpu: 1, memoryGiB: 1.5, replicas: 2}
      gcp:
        kubernetes: {cpu: 500m, memory: 1Gi, replicas: {min: 2, max: 6}}
`, model, image)
}

// TestAnImageChangesWithoutAGapByASecondEntry goes the way of docs/operations.md,
// "Change the image of container groups".
func TestAnImageChangesWithoutAGapByASecondEntry(t *testing.T) {
	t.Parallel()
	chat, next := catalogue("chat", "1.0"), catalogue("chat-v2", "2.0")
	step := func(models, tenants, smoke string) AzureRegion {
		edits := []string{chat, models, "acme: {models: [chat, embed]", "acme: {models: [" + tenants + ", embed]", "      models: [chat]\n", "      models: [" + tenants + "]\n", "      isolation: bridge\n", ""}
		if smoke != "" {
			edits = append(edits, "    initech:", "    smoke: {models: ["+smoke+"]}\n    initech:")
		}
		return dev(t, edits...).Azure[0]
	}
	before := step(chat, "chat", "")
	tried := step(chat+next, "chat", "chat-v2")
	moved := step(chat+next, "chat-v2", "chat")
	after := step(next, "chat-v2", "chat-v2")

	keeps := func(what string, from, to AzureRegion, model string) {
		t.Helper()
		kept := 0
		for _, group := range from.ContainerGroups {
			if group.Workload.Model != model {
				continue
			}
			kept++
			if !slices.ContainsFunc(to.ContainerGroups, func(g ContainerGroup) bool { return cmp.Equal(group, g) }) {
				t.Errorf("%s: container group %s is not as it was", what, group.Name)
			}
		}
		if kept != 2 {
			t.Errorf("%s: %d container groups of %s, want 2", what, kept, model)
		}
	}
	keeps("the second entry comes", before, tried, "chat")
	keeps("the tenants move", tried, moved, "chat")
	keeps("the tenants move", tried, moved, "chat-v2")
	keeps("the first entry goes", moved, after, "chat-v2")

	for name, test := range map[string]struct {
		region AzureRegion
		want   map[string]string // the workload of /v1/chat/*, by listener
	}{
		"before":                 {before, map[string]string{PoolListener: "chat"}},
		"the second entry comes": {tried, map[string]string{PoolListener: "chat", "smoke": "chat-v2"}},
		"the tenants move":       {moved, map[string]string{PoolListener: "chat", "acme": "chat-v2", "globex": "chat-v2"}},
		"the first entry goes":   {after, map[string]string{PoolListener: "chat-v2"}},
	} {
		got := map[string]string{}
		for _, listener := range test.region.Gateways[0].Listeners {
			for _, route := range listener.Routes {
				if route.Workload != "embed" {
					got[listener.Name] = route.Workload
				}
			}
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: routes by listener (-want +got):\n%s", name, diff)
		}
	}
}
