package serving

import (
	"net/netip"

	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	networkingv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/networking/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/gcp/balancing"
	"ai-serving/internal/netpolicy"
	"ai-serving/internal/topology"
)

// collectorNamespaces are those that the collectors of Google's Managed Service for
// Prometheus run in: the second one in clusters of newer versions.
// See github.com/GoogleCloudPlatform/prometheus-engine, manifests/operator.yaml.
var collectorNamespaces = []string{"gmp-system", "gke-gmp-system"}

// connectionsArgs are what a workload's pods may be reached by, and may reach, besides
// what holds in all of the namespace: load balancers reach the port that is served,
// collectors the port of the metrics, and the pods what the model needs.
func connectionsArgs(d topology.Deployment, proxies netip.Prefix) *networkingv1.NetworkPolicyArgs {
	spec := &networkingv1.NetworkPolicySpecArgs{
		PodSelector: selector(d),
		PolicyTypes: pulumi.ToStringArray([]string{"Ingress"}),
	}
	ingress := networkingv1.NetworkPolicyIngressRuleArray{frontEnds(proxies)}
	if d.Metrics != nil {
		ingress = append(ingress, collectors(d))
	}
	spec.Ingress = ingress
	if len(d.Egress) > 0 {
		spec.PolicyTypes = pulumi.ToStringArray([]string{"Ingress", "Egress"})
		spec.Egress = egress(d)
	}
	return &networkingv1.NetworkPolicyArgs{Metadata: metadata(d), Spec: spec}
}

// frontEnds lets load balancers and health checks through to the port that is served, by
// its name: each version of a pod is let through to its own.
func frontEnds(proxies netip.Prefix) networkingv1.NetworkPolicyIngressRuleArgs {
	from := networkingv1.NetworkPolicyPeerArray{netpolicy.Block(proxies.String())}
	for _, source := range balancing.FrontEnds {
		from = append(from, netpolicy.Block(source))
	}
	return networkingv1.NetworkPolicyIngressRuleArgs{From: from, Ports: netpolicy.TCP(portName)}
}

// collectors lets the collectors through to the port of the metrics.
func collectors(d topology.Deployment) networkingv1.NetworkPolicyIngressRuleArgs {
	from := netpolicy.Namespaces(collectorNamespaces...)
	from.PodSelector = &metav1.LabelSelectorArgs{MatchLabels: pulumi.StringMap{"app.kubernetes.io/name": pulumi.String("collector")}}
	return networkingv1.NetworkPolicyIngressRuleArgs{
		From: networkingv1.NetworkPolicyPeerArray{from}, Ports: netpolicy.TCP(metricsPortName(d)),
	}
}

// egress lets the pods through to what the model needs.
func egress(d topology.Deployment) networkingv1.NetworkPolicyEgressRuleArray {
	var all networkingv1.NetworkPolicyEgressRuleArray
	for _, one := range d.Egress {
		all = append(all, networkingv1.NetworkPolicyEgressRuleArgs{
			To: networkingv1.NetworkPolicyPeerArray{netpolicy.Block(one.CIDR.String())}, Ports: netpolicy.TCP(one.Port),
		})
	}
	return all
}
