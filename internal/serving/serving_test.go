package serving

import (
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"pgregory.net/rapid"

	"ai-serving/internal/config"
	"ai-serving/internal/testkit"
	"ai-serving/internal/topology"
)

func workload(key, tenant string) topology.Deployment {
	d := topology.Deployment{
		Workload: topology.Workload{
			Key: key, Model: "chat", Tenant: tenant,
			Labels: map[string]string{"model": "chat", "stack": "test"},
			Port:   8080, HealthPath: "/health", StartupSeconds: 90,
			Timeouts: topology.Timeouts{Stream: 60, Backend: 75, Drain: 75, PreStop: 20, Grace: 95},
		},
		Server:    config.Server{Image: "registry.example.com/chat@sha256:0000"},
		Namespace: "pool", CPU: "500m", Memory: "1Gi", MinReplicas: 2, MaxReplicas: 6,
		NodePool: topology.SharedNodes, Surge: true, Scaling: config.Scaling{Metric: config.CPU, Target: 60},
	}
	if tenant != "" {
		d.Namespace = "tenant-" + tenant
		d.Workload.Labels["tenant"] = tenant
	}
	return d
}

// accelerated is a workload on accelerators that its tenant has to itself, all of
// which it needs.
func accelerated() topology.Deployment {
	d := workload("hooli-vision", "hooli")
	d.NodePool, d.GPU, d.Surge = "nvidia-l4-tenant-hooli", &topology.GPU{Type: "nvidia-l4", Count: 2}, false
	return d
}

// poolsOf has one node pool for all that the deployments run on.
func poolsOf(deployments []topology.Deployment, pool pulumi.Resource) map[string]pulumi.Resource {
	pools := map[string]pulumi.Resource{topology.SharedNodes: pool}
	for _, d := range deployments {
		pools[d.NodePool] = pool
	}
	return pools
}

// accelerators is how many the project may have.
const accelerators = 16

// place is what the ids of a cluster and of a node pool are made of.
var place = pulumi.Map{"location": pulumi.String("europe-west4"), "cluster": pulumi.String("europe-west4")}

// record runs a program with a cluster and the workloads in it.
func record(t *testing.T, dryRun bool, deployments ...topology.Deployment) *testkit.Recording {
	t.Helper()
	program := testkit.Program{Project: "ai-serving", Stack: "test", DryRun: dryRun}
	recording, err := testkit.Run(program, func(ctx *pulumi.Context) error {
		var owner pulumi.ResourceState
		if err := ctx.RegisterComponentResource("ai-serving:gcp:Cluster", "europe-west4", &owner); err != nil {
			return err
		}
		var cluster, nodePool pulumi.CustomResourceState
		if err := ctx.RegisterResource("gcp:container/cluster:Cluster", "europe-west4", place, &cluster, pulumi.Parent(&owner)); err != nil {
			return err
		}
		if err := ctx.RegisterResource("gcp:container/nodePool:NodePool", "europe-west4", place, &nodePool, pulumi.Parent(&owner)); err != nil {
			return err
		}
		provider, err := kubernetes.NewProvider(ctx, "europe-west4", &kubernetes.ProviderArgs{})
		if err != nil {
			return err
		}
		made, err := New(ctx, "europe-west4", Args{
			ClusterName:  pulumi.String("europe-west4-0a1b2c3"),
			Project:      "acme-dev",
			Zones:        []string{"europe-west4-a", "europe-west4-b"},
			Deployments:  deployments,
			Accelerators: accelerators,
			Secrets:      map[string]pulumi.StringInput{"chat-token": pulumi.ToSecret(pulumi.String("hush")).(pulumi.StringOutput)},
			ProxyRange:   netip.MustParsePrefix("10.20.32.0/23"),
			Labels:       map[string]string{"stack": "test"},
			Provider:     provider,
			Cluster:      &cluster,
			NodePools:    poolsOf(deployments, &nodePool),
		})
		if err != nil {
			return err
		}
		for key, link := range made.EndpointGroups {
			ctx.Export(key, link)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return recording
}

func TestRegistrations(t *testing.T) {
	t.Parallel()
	for mode, dryRun := range map[string]bool{"up": false, "preview": true} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			recording := record(t, dryRun, workload("chat", ""), workload("acme-chat", "acme"), accelerated())
			inventory, err := recording.Inventory()
			if err != nil {
				t.Fatal(err)
			}
			testkit.Golden(t, mode, inventory)
			for _, violation := range testkit.Violations(recording) {
				t.Error(violation)
			}
		})
	}
}

// What a tenant of its own adds must leave the others' objects as they are.
func TestAddingATenantChangesNoOther(t *testing.T) {
	t.Parallel()
	before := record(t, false, workload("chat", ""))
	after := record(t, false, workload("acme-chat", "acme"), workload("chat", ""))
	inventories := map[string]string{}
	for name, recording := range map[string]*testkit.Recording{"before": before, "after": after} {
		recording.Outputs = nil
		recording.Resources = slices.DeleteFunc(recording.Resources, func(r testkit.Resource) bool {
			return strings.Contains(r.Name, "acme")
		})
		text, err := recording.Inventory()
		if err != nil {
			t.Fatal(err)
		}
		inventories[name] = text
	}
	if inventories["before"] != inventories["after"] {
		t.Errorf("before:\n%s\nafter:\n%s", inventories["before"], inventories["after"])
	}
}

// Objects go with the cluster; Services are deleted by themselves, so that GKE
// deletes their endpoint groups, and namespaces, which end when it has, after the
// Deployments.
func TestWhatGoesWithTheCluster(t *testing.T) {
	t.Parallel()
	for _, object := range record(t, false, workload("chat", "")).Resources {
		if object.Package() != "kubernetes" {
			continue
		}
		withCluster := object.Options.DeletedWith != ""
		alone := slices.Contains([]string{"kubernetes:core/v1:Service", "kubernetes:core/v1:Namespace", "kubernetes:apps/v1:Deployment"}, object.Type)
		if withCluster == alone {
			t.Errorf("%s %s: deleted with the cluster: %v", object.Type, object.Path, withCluster)
		}
	}
}

func TestPolicyOfFrontEnds(t *testing.T) {
	t.Parallel()
	policy, ok := record(t, false, workload("chat", "")).Find("kubernetes:networking.k8s.io/v1:NetworkPolicy", "europe-west4-chat")
	if !ok {
		t.Fatal("no network policy was registered")
	}
	var sources []string
	rule := policy.Inputs["spec"].ObjectValue()["ingress"].ArrayValue()[0].ObjectValue()
	for _, peer := range rule["from"].ArrayValue() {
		sources = append(sources, peer.ObjectValue()["ipBlock"].ObjectValue()["cidr"].StringValue())
	}
	if want := []string{"10.20.32.0/23", "130.211.0.0/22", "35.191.0.0/16"}; !slices.Equal(sources, want) {
		t.Errorf("sources %q, want %q", sources, want)
	}
	if port := rule["ports"].ArrayValue()[0].ObjectValue()["port"].StringValue(); port != "http" {
		t.Errorf("port %v, want that of the container, by name", port)
	}
}

func TestWorkloadsMayBeCalledAsNamespacesAre(t *testing.T) {
	t.Parallel()
	record(t, false, workload("pool", ""), workload("isolation", ""), workload("tenant-acme", ""), workload("acme-chat", "acme"))
}

func TestPulumiWaitsLongerThanARolloutTakes(t *testing.T) {
	t.Parallel()
	gpu := &topology.GPU{Type: "nvidia-l4", Count: 1}
	for name, test := range map[string]struct {
		startup, grace, replicas int
		gpu                      *topology.GPU
		inPlace                  bool // without room for one replica more
		want                     int
	}{
		"one replica":                        {startup: 60, grace: 30, replicas: 1, want: 600 + 60},
		"six replicas":                       {startup: 90, grace: 95, replicas: 6, want: 600 + 6*90},
		"a slow model settles":               {startup: 1800, grace: 95, replicas: 4, want: 600 + 4*(1800+30)},
		"long responses":                     {startup: 60, grace: 1835, replicas: 4, want: 600 + 1835},
		"accelerators":                       {startup: 300, grace: 635, replicas: 2, gpu: gpu, want: 1500 + 2*(300+30)},
		"accelerators that have to be freed": {startup: 300, grace: 635, replicas: 2, gpu: gpu, inPlace: true, want: 1500 + 2*(300+30+635)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := workload("chat", "")
			d.Workload.StartupSeconds, d.Workload.Timeouts.Grace = test.startup, test.grace
			d.MaxReplicas, d.GPU, d.Surge = test.replicas, test.gpu, !test.inPlace
			if got := rolloutSeconds(d); got != test.want {
				t.Errorf("%d s, want %d s", got, test.want)
			}
		})
	}
}

func TestTheAutoscalerKeepsTheNodesOfReplicasThatFinishSlowly(t *testing.T) {
	t.Parallel()
	for grace, want := range map[int]bool{600: false, 601: true} {
		d := workload("chat", "")
		d.Workload.Timeouts.Grace = grace
		if _, got := podAnnotations(d, nil)["cluster-autoscaler.kubernetes.io/safe-to-evict"]; got != want {
			t.Errorf("a grace of %d s: the annotation is there: %t, want %t", grace, got, want)
		}
	}
}

func TestAnotherZoneReplacesReplicasThatNeedNotStopFirst(t *testing.T) {
	t.Parallel()
	for _, d := range []topology.Deployment{workload("chat", ""), accelerated()} {
		before, after := podAnnotations(d, []string{"a", "b"}), podAnnotations(d, []string{"a", "b", "c"})
		if changed := !reflect.DeepEqual(before, after); changed != d.Surge {
			t.Errorf("%s: replaced: %t, want %t", d.Workload.Key, changed, d.Surge)
		}
	}
}

func TestStartupProbeCoversTheTimeToStart(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		startup := rapid.IntRange(1, 3600).Draw(t, "startup")
		window := startupFailures(startup) * startupPeriodSeconds
		if window < startup || window >= startup+startupPeriodSeconds {
			t.Fatalf("%d s to start, probed for %d s", startup, window)
		}
	})
}
