package instances

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/config"
	"ai-serving/internal/testkit"
	"ai-serving/internal/topology"
)

// fullFixture has a group with all that there may be.
func fullFixture() Args {
	args := fixture()
	args.Groups = []topology.InstanceGroup{fullGroup()}
	args.Secrets = map[string]pulumi.StringInput{"hf-token": pulumi.ToSecret(pulumi.String("hunter2")).(pulumi.StringOutput)}
	return args
}

func TestAGroupReadsItsOwnBucketAndSecretsOnly(t *testing.T) {
	t.Parallel()
	recording := record(t, fullFixture())
	const member = "serviceAccount:ai-serving-test-europe-"
	bucket := inputs(t, recording, "gcp:storage/bucketIAMMember:BucketIAMMember")
	if bucket["bucket"] != "acme-models" || bucket["role"] != "roles/storage.objectViewer" || !strings.HasPrefix(bucket["member"].(string), member) {
		t.Errorf("the grant on the bucket is %v", bucket)
	}
	secret, _ := recording.Find("gcp:secretmanager/secretIamMember:SecretIamMember", "europe-west4-chat-HF_TOKEN")
	got := secret.Inputs.Mappable()
	if !strings.HasSuffix(got["secretId"].(string), "/secrets/ai-serving-test-europe-west4-chat-HF_TOKEN") ||
		got["role"] != "roles/secretmanager.secretAccessor" || got["member"] != bucket["member"] {
		t.Errorf("the grant on the secret is %v", got)
	}
}

func TestTheValueIsInItsSecretAlone(t *testing.T) {
	t.Parallel()
	for _, resource := range record(t, fullFixture()).Resources {
		shown := fmt.Sprint(testkit.Reveal(resource.Inputs))
		if strings.Contains(shown, "hunter2") {
			t.Errorf("%s (%s) shows it", resource.Name, resource.Type)
		}
		if resource.Type == "gcp:secretmanager/secretVersion:SecretVersion" && !strings.Contains(shown, "[secret]") {
			t.Errorf("%s does not have it: %s", resource.Name, shown)
		}
	}
}

// Another version makes another template, before it the version.
func TestTheTemplateNamesTheVersion(t *testing.T) {
	t.Parallel()
	template := inputs(t, record(t, fullFixture()), "gcp:compute/instanceTemplate:InstanceTemplate")
	data := template["metadata"].(map[string]any)["user-data"].(string)
	if !strings.Contains(data, "HF_TOKEN projects/project/secrets/ai-serving-test-europe-west4-chat-HF_TOKEN/versions/1 ") {
		t.Errorf("the version is not in\n%s", data)
	}
}

func TestTheGroupComesAfterItsRights(t *testing.T) {
	t.Parallel()
	recording := record(t, fullFixture())
	manager, _ := recording.Find("gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager", "europe-west4-chat")
	for _, kind := range []string{
		"gcp:projects/iAMMember:IAMMember", "gcp:storage/bucketIAMMember:BucketIAMMember", "gcp:secretmanager/secretIamMember:SecretIamMember",
	} {
		for _, grant := range recording.OfType(kind) {
			if !slices.Contains(manager.Dependencies, grant.URN) {
				t.Errorf("instances may be made before %s", grant.Name)
			}
		}
	}
}

func TestOnlyGroupsThatReadMoreHaveAnAccountOfTheirOwn(t *testing.T) {
	t.Parallel()
	args := fullFixture()
	other := group()
	other.Workload.Key = "embed"
	third := group()
	third.Workload.Key = "rank"
	args.Groups = append(args.Groups, other, third)
	var got []string
	for _, account := range record(t, args).OfType("gcp:serviceaccount/account:Account") {
		got = append(got, fmt.Sprint(account.Name, ": ", account.Inputs.Mappable()["displayName"]))
	}
	slices.Sort(got)
	want := []string{
		"europe-west4-chat: Servers of chat of ai-serving-test in europe-west4",
		"europe-west4: Model servers of ai-serving-test in europe-west4",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestASecretIsKeptInTheRegion(t *testing.T) {
	t.Parallel()
	secret, _ := record(t, fullFixture()).Find("gcp:secretmanager/secret:Secret", "europe-west4-chat-HF_TOKEN")
	want := map[string]any{"userManaged": map[string]any{"replicas": []any{map[string]any{"location": "europe-west4"}}}}
	if diff := cmp.Diff(want, secret.Inputs.Mappable()["replication"]); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestMachinesWithGPUsAreStoppedForMaintenance(t *testing.T) {
	t.Parallel()
	stopped := map[string]any{"onHostMaintenance": "TERMINATE", "automaticRestart": true}
	attached := group()
	attached.GPU, attached.Attached = &topology.GPU{Type: "nvidia-tesla-t4", Count: 2}, true
	for name, test := range map[string]struct {
		group                    topology.InstanceGroup
		scheduling, accelerators any
	}{
		"without":               {group(), nil, nil},
		"come with the machine": {func() topology.InstanceGroup { g := fullGroup(); g.Server.SecretEnvironment = nil; return g }(), stopped, nil},
		"attached":              {attached, stopped, []any{map[string]any{"type": "nvidia-tesla-t4", "count": 2.0}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			args := fixture()
			args.Groups = []topology.InstanceGroup{test.group}
			got := inputs(t, record(t, args), "gcp:compute/instanceTemplate:InstanceTemplate")
			if diff := cmp.Diff([]any{test.scheduling, test.accelerators}, []any{got["scheduling"], got["guestAccelerators"]}); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestAGroupScalesByWhatItsModelSays(t *testing.T) {
	t.Parallel()
	for scaling, want := range map[config.Scaling]map[string]any{
		{Metric: config.CPU, Target: 75}:      {"cpuUtilization": map[string]any{"target": 0.75}},
		{Metric: config.Requests, Target: 20}: {"loadBalancingUtilization": map[string]any{"target": 0.2}},
	} {
		args := fixture()
		args.Groups[0].Scaling = scaling
		policy := inputs(t, record(t, args), "gcp:compute/regionAutoscaler:RegionAutoscaler")["autoscalingPolicy"].(map[string]any)
		got := map[string]any{}
		for _, signal := range []string{"cpuUtilization", "loadBalancingUtilization"} {
			if policy[signal] != nil {
				got[signal] = policy[signal]
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%v: -want +got:\n%s", scaling, diff)
		}
	}
}
