// Package netpolicy has the rules that the network policies of a cluster's namespaces
// share.
package netpolicy

import (
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	networkingv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/networking/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/topology"
)

// nameOfNamespace is the label that every namespace has its name in.
const nameOfNamespace = "kubernetes.io/metadata.name"

// Block is the peers with addresses in a network, but for those in others.
func Block(cidr string, except ...string) networkingv1.NetworkPolicyPeerArgs {
	block := &networkingv1.IPBlockArgs{Cidr: pulumi.String(cidr)}
	if len(except) > 0 {
		block.Except = pulumi.ToStringArray(except)
	}
	return networkingv1.NetworkPolicyPeerArgs{IpBlock: block}
}

// Namespaces is all pods of namespaces with these names.
func Namespaces(names ...string) networkingv1.NetworkPolicyPeerArgs {
	if len(names) == 1 {
		return networkingv1.NetworkPolicyPeerArgs{NamespaceSelector: &metav1.LabelSelectorArgs{
			MatchLabels: pulumi.StringMap{nameOfNamespace: pulumi.String(names[0])},
		}}
	}
	return networkingv1.NetworkPolicyPeerArgs{NamespaceSelector: &metav1.LabelSelectorArgs{
		MatchExpressions: metav1.LabelSelectorRequirementArray{metav1.LabelSelectorRequirementArgs{
			Key: pulumi.String(nameOfNamespace), Operator: pulumi.String("In"), Values: pulumi.ToStringArray(names),
		}},
	}}
}

// TCP is ports of TCP, by number or by name.
func TCP[T int | string](ports ...T) networkingv1.NetworkPolicyPortArray {
	var all networkingv1.NetworkPolicyPortArray
	for _, port := range ports {
		all = append(all, networkingv1.NetworkPolicyPortArgs{Protocol: pulumi.String("TCP"), Port: pulumi.Any(port)})
	}
	return all
}

// NameServers lets DNS through to all of kube-system: besides kube-dns, GKE may
// run a cache on every node, which answers in its place.
func NameServers() networkingv1.NetworkPolicyEgressRuleArgs {
	ports := TCP(53)
	return networkingv1.NetworkPolicyEgressRuleArgs{
		To: networkingv1.NetworkPolicyPeerArray{Namespaces("kube-system")},
		Ports: append(networkingv1.NetworkPolicyPortArray{
			networkingv1.NetworkPolicyPortArgs{Protocol: pulumi.String("UDP"), Port: pulumi.Any(53)},
		}, ports...),
	}
}

// MetadataServer lets through to where Workload Identity gives out tokens. On
// Dataplane V2 that is the address itself; without it, a port of the node. The
// container that mounts buckets asks on port 8080 too.
// See cloud.google.com/kubernetes-engine/docs/how-to/workload-identity.
func MetadataServer() networkingv1.NetworkPolicyEgressRuleArgs {
	return networkingv1.NetworkPolicyEgressRuleArgs{
		To:    networkingv1.NetworkPolicyPeerArray{Block("169.254.169.254/32")},
		Ports: TCP(80, 8080),
	}
}

// Internet lets HTTPS through to the Internet and to Google's APIs.
func Internet() networkingv1.NetworkPolicyEgressRuleArgs {
	return networkingv1.NetworkPolicyEgressRuleArgs{
		To:    networkingv1.NetworkPolicyPeerArray{Block("0.0.0.0/0", topology.NotInternet...)},
		Ports: TCP(443),
	}
}
