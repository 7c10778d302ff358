package serving

import (
	"fmt"
	"maps"
	"slices"

	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	autoscalingv2 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/autoscaling/v2"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	networkingv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/networking/v1"
	policyv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/policy/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/topology"
)

// newWorkload registers what one workload is made of, after its namespace, and
// returns its Deployment: when that is ready, load balancers reach its pods.
//
// The Service comes first. GKE gives a pod a readiness gate, which waits for the load
// balancers to reach it, only where the Service was there before the pod. A gate is
// passed when the pod is in its zone's endpoint group, and GKE adds pods to groups
// only when the groups of all zones are made. So with a ready Deployment, there
// are the groups, and something healthy in them.
// See cloud.google.com/kubernetes-engine/docs/concepts/container-native-load-balancing#pod_readiness
// and ensureNetworkEndpointGroups in github.com/kubernetes/ingress-gce/pkg/neg/syncers/transaction.go.
func (o objects) newWorkload(ctx *pulumi.Context, d topology.Deployment, group pulumi.StringOutput, ready []pulumi.Resource) (*appsv1.Deployment, error) {
	name := o.name + "-" + d.Workload.Key
	account, err := corev1.NewServiceAccount(ctx, name, accountArgs(d), o.gone(ready...)...)
	if err != nil {
		return nil, fmt.Errorf("service account: %w", err)
	}
	policy, err := networkingv1.NewNetworkPolicy(ctx, name, connectionsArgs(d, o.args.ProxyRange), o.gone(ready...)...)
	if err != nil {
		return nil, fmt.Errorf("network policy: %w", err)
	}
	// The Service is deleted even where its cluster goes too: it is on that
	// that GKE deletes the endpoint groups, and as long as there are any, Google
	// refuses to delete the network.
	// See github.com/hashicorp/terraform-provider-google/issues/7637.
	service, err := corev1.NewService(ctx, name, serviceArgs(d, group), o.made(ready...)...)
	if err != nil {
		return nil, fmt.Errorf("service: %w", err)
	}
	secret, err := o.newSecret(ctx, name, d, ready)
	if err != nil {
		return nil, fmt.Errorf("secret: %w", err)
	}
	pull, err := o.newPullSecret(ctx, name, d, ready)
	if err != nil {
		return nil, fmt.Errorf("secret of the registry: %w", err)
	}
	before := slices.Concat(ready, []pulumi.Resource{account, policy, service})
	if pull != nil {
		before = append(before, pull)
	}
	if grant, reads := o.args.Weights[d.Workload.Key]; reads {
		before = append(before, grant)
	}
	if d.NodePool != topology.SharedNodes {
		before = append(before, o.args.NodePools[d.NodePool])
	}
	// It is deleted even where its cluster goes too, and with it its pods: a namespace
	// that still has some waits for half of their grace before it looks again, see
	// syncNamespaceFromKey in k8s.io/kubernetes/pkg/controller/namespace.
	deployment, err := appsv1.NewDeployment(ctx, name, deploymentArgs(d, o.args.Zones, secret), append(o.made(before...), autoscaled)...)
	if err != nil {
		return nil, fmt.Errorf("deployment: %w", err)
	}
	if err := o.newMonitoring(ctx, name, d, ready); err != nil {
		return nil, fmt.Errorf("collection of metrics: %w", err)
	}
	if _, err := autoscalingv2.NewHorizontalPodAutoscaler(ctx, name, autoscalerArgs(d), o.gone(ready...)...); err != nil {
		return nil, fmt.Errorf("autoscaler: %w", err)
	}
	if _, err := policyv1.NewPodDisruptionBudget(ctx, name, disruptionBudgetArgs(d), o.gone(ready...)...); err != nil {
		return nil, fmt.Errorf("disruption budget: %w", err)
	}
	return deployment, nil
}

// metadata is that of every object of a workload.
func metadata(d topology.Deployment) *metav1.ObjectMetaArgs {
	return &metav1.ObjectMetaArgs{
		Name:      pulumi.String(d.Workload.Key),
		Namespace: pulumi.String(d.Namespace),
		Labels:    labels(d),
	}
}

// labels are the workload's and those that its pods are selected by.
func labels(d topology.Deployment) pulumi.StringMap {
	all := pulumi.ToStringMap(d.Workload.Labels)
	maps.Copy(all, selected(d))
	return all
}

// podLabels never change: every replica would be replaced.
func podLabels(d topology.Deployment) pulumi.StringMap {
	all := pulumi.ToStringMap(d.Workload.Identity())
	maps.Copy(all, selected(d))
	return all
}

// selected is the label of a workload's pods that never changes: a Deployment
// cannot be given another selector.
func selected(d topology.Deployment) pulumi.StringMap {
	return pulumi.StringMap{"app.kubernetes.io/name": pulumi.String(d.Workload.Key)}
}

func selector(d topology.Deployment) *metav1.LabelSelectorArgs {
	return &metav1.LabelSelectorArgs{MatchLabels: selected(d)}
}

// accountArgs give the pods an identity without any rights, and no token for
// the API server.
func accountArgs(d topology.Deployment) *corev1.ServiceAccountArgs {
	return &corev1.ServiceAccountArgs{
		Metadata:                     metadata(d),
		AutomountServiceAccountToken: pulumi.Bool(false),
	}
}
