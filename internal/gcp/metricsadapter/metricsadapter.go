// Package metricsadapter is Google's adapter of custom metrics, which tells the
// autoscalers of a cluster what Cloud Monitoring has of the servers' own metrics.
//
// Of the ways to scale by a server's queue, this is the one that Google keeps and that
// needs neither an operator nor a newer cluster: KEDA brings definitions of its own and
// an operator with wide rights, and GKE's own metrics for autoscalers (AutoscalingMetric)
// are a preview of clusters of the Rapid channel. Its objects follow
// github.com/GoogleCloudPlatform/k8s-stackdriver, custom-metrics-stackdriver-adapter,
// adapter_new_resource_model.yaml, but for its pods, which keep the restricted Pod
// Security Standard, and its network policy.
package metricsadapter

import (
	"fmt"
	"net/netip"

	apiregistrationv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apiregistration/v1"
	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	networkingv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/networking/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Type is the component's type token.
const Type = "ai-serving:gcp:MetricsAdapter"

const (
	// Namespace and Account are of the service account that reads metrics.
	Namespace = "custom-metrics"
	Account   = "custom-metrics-stackdriver-adapter"
)

// MetricName is a gauge of Prometheus, as autoscalers ask the adapter for it.
// See cloud.google.com/kubernetes-engine/docs/how-to/horizontal-pod-autoscaling.
func MetricName(gauge string) string { return "prometheus.googleapis.com|" + gauge + "|gauge" }

// Args describe the adapter of a cluster.
type Args struct {
	Labels map[string]string
	// ControlPlane is where the cluster's API server is for pods.
	ControlPlane netip.Prefix
	// Provider makes objects in the cluster, and Cluster is what they go away with.
	Provider pulumi.ProviderResource
	Cluster  pulumi.Resource
	// Ready come first: nodes to run on, and the right to read metrics.
	Ready []pulumi.Resource
}

// MetricsAdapter is the adapter of a cluster.
type MetricsAdapter struct{ pulumi.ResourceState }

// New registers the adapter.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*MetricsAdapter, error) {
	a := &MetricsAdapter{}
	if err := ctx.RegisterComponentResource(Type, name, a, opts...); err != nil {
		return nil, fmt.Errorf("metrics adapter %q: %w", name, err)
	}
	if err := register(ctx, name, args, a); err != nil {
		return nil, fmt.Errorf("metrics adapter %q: %w", name, err)
	}
	return a, ctx.RegisterResourceOutputs(a, pulumi.Map{})
}

func register(ctx *pulumi.Context, name string, args Args, parent pulumi.Resource) error {
	// The logical names are those of a region's, with a dot that no workload's has.
	logical := name + "-adapter."
	after := func(ready ...pulumi.Resource) []pulumi.ResourceOption {
		return []pulumi.ResourceOption{
			pulumi.Parent(parent), pulumi.Provider(args.Provider), pulumi.DeletedWith(args.Cluster), pulumi.DependsOn(ready),
		}
	}
	space, err := corev1.NewNamespace(ctx, logical+"namespace", namespaceArgs(args.Labels), after(args.Ready...)...)
	if err != nil {
		return fmt.Errorf("namespace: %w", err)
	}
	policy, err := networkingv1.NewNetworkPolicy(ctx, logical+"policy", policyArgs(args), after(space)...)
	if err != nil {
		return fmt.Errorf("network policy: %w", err)
	}
	account, err := corev1.NewServiceAccount(ctx, logical+"account", &corev1.ServiceAccountArgs{Metadata: metadata(args.Labels)}, after(space)...)
	if err != nil {
		return fmt.Errorf("service account: %w", err)
	}
	grants, err := newGrants(ctx, logical, args.Labels, after(account))
	if err != nil {
		return err
	}
	service, err := corev1.NewService(ctx, logical+"service", serviceArgs(args.Labels), after(space)...)
	if err != nil {
		return fmt.Errorf("service: %w", err)
	}
	deployment, err := appsv1.NewDeployment(ctx, logical+"deployment", deploymentArgs(args.Labels), after(append(grants, policy, service)...)...)
	if err != nil {
		return fmt.Errorf("deployment: %w", err)
	}
	// The APIs come last and go first. As long as one is there that nothing answers, no
	// namespace of the cluster can be deleted.
	// See github.com/kubernetes/kubernetes/issues/60807.
	for _, api := range apis {
		if _, err := apiregistrationv1.NewAPIService(ctx, logical+api.name(), api.args(args.Labels), after(deployment)...); err != nil {
			return fmt.Errorf("API %s: %w", api.name(), err)
		}
	}
	return nil
}

// api is a version of an API that the adapter answers for.
type api struct {
	group, version string
	priority       int
}

var apis = []api{
	{"custom.metrics.k8s.io", "v1beta1", 100},
	{"custom.metrics.k8s.io", "v1beta2", 200},
	{"external.metrics.k8s.io", "v1beta1", 100},
}

func (a api) name() string { return a.version + "." + a.group }
