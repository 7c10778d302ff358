package metricsadapter

import (
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	networkingv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/networking/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/netpolicy"
)

// policyArgs let the API server ask, through the agent that GKE runs in kube-system or
// from the control plane itself, and the adapter reach the API server, the metadata
// server and Google's APIs.
// See docs.cloud.google.com/kubernetes-engine/docs/concepts/cluster-architecture#konnectivity.
func policyArgs(args Args) *networkingv1.NetworkPolicyArgs {
	controlPlane := netpolicy.Block(args.ControlPlane.String())
	return &networkingv1.NetworkPolicyArgs{
		Metadata: metadata(args.Labels),
		Spec: &networkingv1.NetworkPolicySpecArgs{
			PodSelector: &metav1.LabelSelectorArgs{},
			PolicyTypes: pulumi.ToStringArray([]string{"Ingress", "Egress"}),
			Ingress: networkingv1.NetworkPolicyIngressRuleArray{networkingv1.NetworkPolicyIngressRuleArgs{
				From:  networkingv1.NetworkPolicyPeerArray{netpolicy.Namespaces("kube-system"), controlPlane},
				Ports: netpolicy.TCP(port),
			}},
			Egress: networkingv1.NetworkPolicyEgressRuleArray{
				netpolicy.NameServers(), netpolicy.MetadataServer(), netpolicy.Internet(),
				networkingv1.NetworkPolicyEgressRuleArgs{To: networkingv1.NetworkPolicyPeerArray{controlPlane}, Ports: netpolicy.TCP(port)},
			},
		},
	}
}
