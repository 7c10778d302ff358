package serving

import (
	"fmt"
	"maps"
	"slices"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	networkingv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/networking/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/netpolicy"
	"ai-serving/internal/podsecurity"
	"ai-serving/internal/topology"
)

// namespace is where workloads of one tenant, or of the pool, run.
type namespace struct {
	name   string
	tenant string // "" for the pool
}

// namespaces are those of the deployments, each once, by name.
func namespaces(deployments []topology.Deployment) []namespace {
	tenants := map[string]string{}
	for _, deployment := range deployments {
		tenants[deployment.Namespace] = deployment.Workload.Tenant
	}
	var spaces []namespace
	for _, name := range slices.Sorted(maps.Keys(tenants)) {
		spaces = append(spaces, namespace{name, tenants[name]})
	}
	return spaces
}

// newNamespace registers a namespace and what holds in all of it, and returns
// what has to be there before anything runs in it.
func (o objects) newNamespace(ctx *pulumi.Context, space namespace) ([]pulumi.Resource, error) {
	logical := o.name + "-namespace." + space.name // no workload has a dot in its name
	// It is deleted even where its cluster goes too. It ends only when GKE has
	// deleted the endpoint groups of its Services, whose custom resources have a
	// finalizer: a group that outlives its cluster is never deleted.
	// See cloud.google.com/kubernetes-engine/docs/how-to/standalone-neg and
	// github.com/kubernetes/ingress-gce/pkg/neg/manager.go.
	created, err := corev1.NewNamespace(ctx, logical, namespaceArgs(space, o.args.Labels),
		append(o.made(), deletion(space.in(o.args.Deployments)))...)
	if err != nil {
		return nil, err
	}
	isolation, err := networkingv1.NewNetworkPolicy(ctx, logical, isolationArgs(space, o.args.Labels), o.gone(created)...)
	if err != nil {
		return nil, fmt.Errorf("network policy: %w", err)
	}
	ready := []pulumi.Resource{created, isolation}
	if space.tenant == "" {
		return ready, nil
	}
	bounds := quotaArgs(space, o.args.Labels, space.in(o.args.Deployments), o.args.Accelerators)
	quota, err := corev1.NewResourceQuota(ctx, logical, bounds, o.gone(created)...)
	if err != nil {
		return nil, fmt.Errorf("quota: %w", err)
	}
	return append(ready, quota), nil
}

// deletion waits for the pods of these deployments to finish.
func deletion(deployments []topology.Deployment) pulumi.ResourceOption {
	longest := 0
	for _, d := range deployments {
		longest = max(longest, d.Workload.Timeouts.Grace)
	}
	return pulumi.Timeouts(&pulumi.CustomTimeouts{Delete: fmt.Sprintf("%ds", provisioningSeconds+longest)})
}

// namespaceArgs admit only pods that meet the restricted Pod Security Standard.
func namespaceArgs(space namespace, stack map[string]string) *corev1.NamespaceArgs {
	return &corev1.NamespaceArgs{Metadata: &metav1.ObjectMetaArgs{
		Name:   pulumi.String(space.name),
		Labels: pulumi.ToStringMap(podsecurity.Labels(space.labels(stack))),
	}}
}

// labels are the stack's, and the tenant where there is one.
func (n namespace) labels(stack map[string]string) map[string]string {
	labels := maps.Clone(stack)
	if labels == nil {
		labels = map[string]string{}
	}
	if n.tenant != "" {
		labels["tenant"] = n.tenant
	}
	return labels
}

// isolationArgs close the namespace in both directions: a pod that any policy
// selects may talk only to what a policy lists. Left open are the namespace
// itself, the name servers and the metadata server of the cluster, and HTTPS to
// the Internet and to Google's APIs, where weights come from.
func isolationArgs(space namespace, stack map[string]string) *networkingv1.NetworkPolicyArgs {
	everyPod := &metav1.LabelSelectorArgs{}
	within := networkingv1.NetworkPolicyPeerArgs{PodSelector: everyPod}
	return &networkingv1.NetworkPolicyArgs{
		Metadata: &metav1.ObjectMetaArgs{
			Name:      pulumi.String("namespace.isolation"), // as above
			Namespace: pulumi.String(space.name),
			Labels:    pulumi.ToStringMap(space.labels(stack)),
		},
		Spec: &networkingv1.NetworkPolicySpecArgs{
			PodSelector: everyPod,
			PolicyTypes: pulumi.ToStringArray([]string{"Ingress", "Egress"}),
			Ingress:     networkingv1.NetworkPolicyIngressRuleArray{networkingv1.NetworkPolicyIngressRuleArgs{From: networkingv1.NetworkPolicyPeerArray{within}}},
			Egress: networkingv1.NetworkPolicyEgressRuleArray{
				networkingv1.NetworkPolicyEgressRuleArgs{To: networkingv1.NetworkPolicyPeerArray{within}},
				netpolicy.NameServers(),
				netpolicy.MetadataServer(),
				netpolicy.Internet(),
			},
		},
	}
}
