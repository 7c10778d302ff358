// Package reach tells what the NetworkPolicies of a cluster let through, between its
// pods and between those and all addresses of IPv4.
//
// The policies are evaluated by np-guard's netpol-analyzer, see
// github.com/np-guard/netpol-analyzer: not for samples, but for all ports of all
// protocols, and for ranges of addresses that together are all there are.
package reach

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/np-guard/netpol-analyzer/pkg/netpol/eval"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// Everything is what a connection may be where nothing is refused.
const Everything = "everything"

// Peer is what connections go from or to: the pods of a workload, or a range of
// addresses outside the cluster, to each of which the same applies.
type Peer struct {
	// Namespace and Name are the workload's; "" for a range.
	Namespace, Name string
	// First and Last are the ends of a range.
	First, Last netip.Addr

	peer eval.Peer
}

// IsRange says whether the peer is a range of addresses.
func (p Peer) IsRange() bool { return p.Name == "" }

// In says whether the range is within a prefix. A range is never partly within one
// that the cluster was told of.
func (p Peer) In(prefix netip.Prefix) bool { return p.IsRange() && prefix.Contains(p.First) }

func (p Peer) String() string {
	if p.IsRange() {
		return fmt.Sprintf("%s-%s", p.First, p.Last)
	}
	return p.Namespace + "/" + p.Name
}

// Cluster is a cluster with its policies.
type Cluster struct {
	// Workloads are sorted by namespace and name, Ranges by address.
	Workloads, Ranges []Peer

	engine *eval.PolicyEngine
}

// New evaluates the Namespaces, workloads and NetworkPolicies among the objects. The
// ranges do not cross the ends of these prefixes, nor of those of the policies.
func New(objects []runtime.Object, prefixes []netip.Prefix) (*Cluster, error) {
	cluster := &Cluster{engine: eval.NewPolicyEngine()}
	for _, object := range objects {
		if err := cluster.engine.InsertObject(object); err != nil {
			return nil, err
		}
	}
	peers, err := cluster.engine.GetPeersList()
	if err != nil {
		return nil, err
	}
	for _, peer := range peers {
		if !peer.IsPeerIPType() {
			cluster.Workloads = append(cluster.Workloads, Peer{Namespace: peer.Namespace(), Name: peer.Name(), peer: peer})
		}
	}
	slices.SortFunc(cluster.Workloads, func(a, b Peer) int { return strings.Compare(a.String(), b.String()) })
	cluster.Ranges, err = ranges(blocks(objects, prefixes))
	return cluster, err
}

// Connections are those that are allowed, each as "TCP 443" or "UDP 53-54" and sorted;
// none where nothing is, and [Everything] alone where all is.
func (c *Cluster) Connections(from, to Peer) ([]string, error) {
	set, err := c.engine.AllAllowedConnectionsBetweenWorkloadPeers(from.peer, to.peer)
	if err != nil {
		return nil, fmt.Errorf("from %s to %s: %w", from, to, err)
	}
	if set.AllConnections() {
		return []string{Everything}, nil
	}
	var allowed []string
	for protocol, ports := range set.ProtocolsAndPortsMap() {
		for _, port := range ports {
			allowed = append(allowed, fmt.Sprintf("%s %s", protocol, port))
		}
	}
	slices.Sort(allowed)
	return allowed, nil
}

// blocks are the distinct blocks of addresses of the policies, and one for each prefix.
func blocks(objects []runtime.Object, prefixes []netip.Prefix) []networkingv1.NetworkPolicyPeer {
	all := map[string]networkingv1.NetworkPolicyPeer{}
	add := func(peers []networkingv1.NetworkPolicyPeer) {
		for _, peer := range peers {
			if block := peer.IPBlock; block != nil {
				all[fmt.Sprint(block.CIDR, block.Except)] = networkingv1.NetworkPolicyPeer{IPBlock: block}
			}
		}
	}
	for _, object := range objects {
		policy, ok := object.(*networkingv1.NetworkPolicy)
		if !ok {
			continue
		}
		for _, rule := range policy.Spec.Ingress {
			add(rule.From)
		}
		for _, rule := range policy.Spec.Egress {
			add(rule.To)
		}
	}
	for _, prefix := range prefixes {
		add([]networkingv1.NetworkPolicyPeer{{IPBlock: &networkingv1.IPBlock{CIDR: prefix.String()}}})
	}
	var peers []networkingv1.NetworkPolicyPeer
	for _, peer := range all {
		peers = append(peers, peer)
	}
	return peers
}

// ranges divides all addresses by the blocks. The analyzer does so with those of the
// policies that it knows: one is made up, so that each block counts once, however many
// policies have it.
func ranges(blocks []networkingv1.NetworkPolicyPeer) ([]Peer, error) {
	divider := eval.NewPolicyEngine()
	err := divider.InsertObject(&networkingv1.NetworkPolicy{
		ObjectMeta: metav1.ObjectMeta{Name: "blocks", Namespace: corev1.NamespaceDefault},
		Spec:       networkingv1.NetworkPolicySpec{Ingress: []networkingv1.NetworkPolicyIngressRule{{From: blocks}}},
	})
	if err != nil {
		return nil, err
	}
	found, err := divider.GetPeersList()
	if err != nil {
		return nil, err
	}
	var all []Peer
	for _, peer := range found {
		first, last, _ := strings.Cut(peer.IP(), "-")
		from, errFirst := netip.ParseAddr(first)
		to, errLast := netip.ParseAddr(last)
		if errFirst != nil || errLast != nil {
			return nil, fmt.Errorf("%q is no range of addresses", peer.IP())
		}
		all = append(all, Peer{First: from, Last: to, peer: peer})
	}
	slices.SortFunc(all, func(a, b Peer) int { return a.First.Compare(b.First) })
	return all, nil
}
