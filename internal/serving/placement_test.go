package serving

import (
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ai-serving/internal/testkit"
	"ai-serving/internal/topology"
)

// podOf is the specification of a deployment's pods.
func podOf(t *testing.T, recording *testkit.Recording, name string) map[string]any {
	t.Helper()
	deployment, ok := recording.Find("kubernetes:apps/v1:Deployment", name)
	if !ok {
		t.Fatalf("no deployment %q was registered", name)
	}
	template := deployment.Inputs.Mappable()["spec"].(map[string]any)["template"].(map[string]any)
	return template["spec"].(map[string]any)
}

func TestPodsGoToTheirNodes(t *testing.T) {
	t.Parallel()
	silo := workload("initech-chat", "initech")
	silo.NodePool = "tenant-initech"
	shared := workload("vision", "")
	shared.NodePool, shared.GPU = "nvidia-l4", &topology.GPU{Type: "nvidia-l4", Count: 1}
	gpu := map[string]any{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}
	own := func(tenant string) map[string]any {
		return map[string]any{"key": "tenant", "operator": "Equal", "value": tenant, "effect": "NoExecute"}
	}
	for name, test := range map[string]struct {
		deployment  topology.Deployment
		selector    any
		tolerations []any
	}{
		"nodes for all":              {workload("chat", ""), nil, nil},
		"nodes for all, of a bridge": {workload("acme-chat", "acme"), nil, nil},
		"accelerators for all":       {shared, map[string]any{"pool": "nvidia-l4"}, []any{gpu}},
		"nodes of a tenant":          {silo, map[string]any{"pool": "tenant-initech"}, []any{own("initech")}},
		"accelerators of a tenant":   {accelerated(), map[string]any{"pool": "nvidia-l4-tenant-hooli"}, []any{gpu, own("hooli")}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pod := podOf(t, record(t, false, test.deployment), "europe-west4-"+test.deployment.Workload.Key)
			if diff := cmp.Diff(test.selector, pod["nodeSelector"]); diff != "" {
				t.Errorf("node selector (-want +got):\n%s", diff)
			}
			got, _ := pod["tolerations"].([]any)
			if diff := cmp.Diff(test.tolerations, got); diff != "" {
				t.Errorf("tolerations (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAcceleratorsAreRequestedAndLimitedAlike(t *testing.T) {
	t.Parallel()
	pod := podOf(t, record(t, false, accelerated()), "europe-west4-hooli-vision")
	want := map[string]any{
		"requests": map[string]any{"cpu": "500m", "memory": "1Gi", "nvidia.com/gpu": "2"},
		"limits":   map[string]any{"memory": "1Gi", "nvidia.com/gpu": "2"},
	}
	if diff := cmp.Diff(want, pod["containers"].([]any)[0].(map[string]any)["resources"]); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestAReplicaStopsFirstWhereNoAcceleratorIsSpare(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		surge bool
		want  map[string]any
	}{
		"room for one more": {true, map[string]any{"maxSurge": 1.0, "maxUnavailable": 0.0}},
		"all in use":        {false, map[string]any{"maxSurge": 0.0, "maxUnavailable": 1.0}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := accelerated()
			d.Surge = test.surge
			deployment, _ := record(t, false, d).Find("kubernetes:apps/v1:Deployment", "europe-west4-hooli-vision")
			got := deployment.Inputs.Mappable()["spec"].(map[string]any)["strategy"].(map[string]any)["rollingUpdate"]
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// Sizes and numbers of replicas may shrink while the old ones still run.
func TestAQuotaDoesNotDependOnSizesAndNumbersOfReplicas(t *testing.T) {
	t.Parallel()
	large, small := workload("hooli-embed", "hooli"), workload("hooli-rank", "hooli")
	large.CPU, large.Memory, large.MinReplicas, large.MaxReplicas = "1500m", "4Gi", 3, 30
	small.CPU, small.Memory, small.MaxReplicas = "500m", "512Mi", 1
	for _, d := range []topology.Deployment{large, small} {
		if diff := cmp.Diff(hard(t, small), hard(t, d)); diff != "" {
			t.Errorf("-small +%s:\n%s", d.Workload.Key, diff)
		}
	}
}

func TestOnlyTenantsWithAcceleratedModelsMayUseAccelerators(t *testing.T) {
	t.Parallel()
	for want, d := range map[string]topology.Deployment{"0": workload("hooli-embed", "hooli"), strconv.Itoa(accelerators): accelerated()} {
		if got := hard(t, d)["requests.nvidia.com/gpu"]; got != want {
			t.Errorf("%s: %v accelerators, want %s", d.Workload.Key, got, want)
		}
	}
}

// hard is the quota of the only tenant.
func hard(t *testing.T, deployments ...topology.Deployment) map[string]any {
	t.Helper()
	quotas := record(t, false, append(deployments, workload("chat", ""))...).OfType("kubernetes:core/v1:ResourceQuota")
	if len(quotas) != 1 {
		t.Fatalf("%d quotas, want that of the tenant alone", len(quotas))
	}
	return quotas[0].Inputs.Mappable()["spec"].(map[string]any)["hard"].(map[string]any)
}
