package testkit

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

func TestContainerGroupsOfTwoTenantsShareNoSubnet(t *testing.T) {
	t.Parallel()
	group := func(path, tenant, subnet string) Resource {
		return Resource{Type: containerGroup, Path: path, Inputs: resource.NewPropertyMapFromMap(map[string]any{
			"tags": map[string]any{"model": "chat", "tenant": tenant}, "subnetIds": []any{map[string]any{"id": subnet}},
		})}
	}
	recording := &Recording{Resources: []Resource{
		group("chat-0", "", "chat"), group("chat-1", "", "chat"), group("globex-chat-0", "globex", "globex"), group("hooli-chat-0", "hooli", "globex"),
	}}
	var got []string
	for _, registered := range recording.Resources {
		got = append(got, sharesNoSubnet(recording, registered))
	}
	want := []string{"", "", "shares its subnet with hooli-chat-0", "shares its subnet with globex-chat-0"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
