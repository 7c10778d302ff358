package main

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"ai-serving/internal/testkit/reach"
	"ai-serving/internal/topology"
)

// prefixes are blocks of addresses.
func prefixes(texts ...string) []netip.Prefix {
	var all []netip.Prefix
	for _, text := range texts {
		all = append(all, netip.MustParsePrefix(text))
	}
	return all
}

var (
	// googleFrontEnds are where Google's health checks and the global load balancer's
	// requests come from.
	// See cloud.google.com/load-balancing/docs/health-check-concepts#ip-ranges.
	googleFrontEnds = prefixes("35.191.0.0/16", "130.211.0.0/22")
	// metadata is where tokens of service accounts come from.
	metadata = prefixes("169.254.169.254/32")
	// private are RFC 1918, RFC 6598 and RFC 3927.
	private = prefixes("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16")
)

// boundaries are the blocks that the oracle tells apart.
func (p policed) boundaries() []netip.Prefix {
	network := p.region.Network
	own := []netip.Prefix{network.ProxyOnly, network.Nodes, network.Pods, network.Services, network.ControlPlane}
	for _, d := range p.region.Cluster.Deployments {
		for _, egress := range d.Egress {
			own = append(own, egress.CIDR)
		}
	}
	return slices.Concat(own, googleFrontEnds, metadata, private)
}

// between is what a pod reaches of one in a namespace of the program.
func between(from, to reach.Peer) []string {
	if from.Namespace == to.Namespace {
		return []string{reach.Everything}
	}
	return nil
}

// into is what reaches a workload from outside the program's namespaces.
func (p policed) into(d topology.Deployment, from reach.Peer) []string {
	var ports []int
	if within(from, googleFrontEnds) || from.In(p.region.Network.ProxyOnly) {
		ports = append(ports, d.Workload.Port)
	}
	return connections("TCP", ports)
}

// collected is what a collector reaches of a workload.
func collected(d topology.Deployment) []string {
	if d.Metrics == nil {
		return nil
	}
	return connections("TCP", []int{d.Metrics.Port})
}

// outOf is what a workload reaches outside the program's namespaces.
func outOf(d topology.Deployment, to reach.Peer) []string {
	if to.Namespace == "kube-system" {
		return nameServed()
	}
	ports := usual(to)
	for _, egress := range d.Egress {
		if to.In(egress.CIDR) {
			ports = append(ports, egress.Port)
		}
	}
	return connections("TCP", ports)
}

// nameServed are the connections that DNS uses.
func nameServed() []string {
	return slices.Concat(connections("TCP", []int{53}), connections("UDP", []int{53}))
}

// usual are the ports of TCP that every pod reaches at an address: those of the metadata
// server, of which one is for the container that mounts buckets, and HTTPS on the Internet.
func usual(to reach.Peer) []int {
	switch {
	case within(to, metadata):
		return []int{80, 8080}
	case to.IsRange() && !within(to, private):
		return []int{443}
	}
	return nil
}

// ofAdapter is what the adapter of metrics reaches outside its namespace.
func (p policed) ofAdapter(to reach.Peer) []string {
	switch {
	case to.Namespace == "kube-system":
		return nameServed()
	case to.In(p.region.Network.ControlPlane):
		return connections("TCP", []int{443})
	}
	return connections("TCP", usual(to))
}

// toAdapter is what reaches the adapter of metrics.
func (p policed) toAdapter(from reach.Peer) []string {
	if from.Namespace == "kube-system" || from.In(p.region.Network.ControlPlane) {
		return connections("TCP", []int{443})
	}
	return nil
}

// connections are ports as the evaluation of policies tells them: those that follow one
// another as a range.
func connections(protocol string, ports []int) []string {
	ports = slices.Compact(slices.Sorted(slices.Values(ports)))
	var all []string
	for i := 0; i < len(ports); {
		first := ports[i]
		for i++; i < len(ports) && ports[i] == ports[i-1]+1; i++ {
		}
		text := fmt.Sprintf("%s %d", protocol, first)
		if last := ports[i-1]; last != first {
			text += fmt.Sprintf("-%d", last)
		}
		all = append(all, text)
	}
	return slices.Sorted(slices.Values(all))
}

func within(peer reach.Peer, blocks []netip.Prefix) bool { return slices.ContainsFunc(blocks, peer.In) }

// isServer says whether a peer is a workload that serves a model.
func isServer(peer reach.Peer) bool {
	return peer.Namespace == "pool" || strings.HasPrefix(peer.Namespace, "tenant-")
}

// isAdapter says whether a peer is the adapter of metrics.
func isAdapter(peer reach.Peer) bool { return peer.Namespace == "custom-metrics" }

// isOurs says whether a peer is a workload of the program's.
func isOurs(peer reach.Peer) bool { return isServer(peer) || isAdapter(peer) }

// isCollector says whether a peer is the collector of Google's Managed Prometheus, which
// is in the one namespace where Google manages it, and in the other where the user does.
// See cloud.google.com/stackdriver/docs/managed-prometheus/setup-managed.
func isCollector(peer reach.Peer) bool {
	return (peer.Namespace == "gmp-system" || peer.Namespace == "gke-gmp-system") && peer.Name == "collector"
}

// others are in each cluster besides the program's objects: no policy is about them.
func others() []runtime.Object {
	var all []runtime.Object
	for _, name := range []string{"default", "kube-system", "gmp-system", "gke-gmp-system"} {
		all = append(all, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}})
	}
	collector := map[string]string{"app.kubernetes.io/name": "collector"}
	return append(all,
		pod("kube-system", "kube-dns", map[string]string{"k8s-app": "kube-dns"}),
		pod("kube-system", "metrics-server", map[string]string{"k8s-app": "metrics-server"}),
		pod("gmp-system", "collector", collector),
		pod("gmp-system", "gmp-operator", map[string]string{"app.kubernetes.io/name": "gmp-operator"}),
		pod("gke-gmp-system", "collector", collector),
		pod("default", "collector", collector),
		pod("default", "stranger", map[string]string{"model": "base", "app.kubernetes.io/name": "base"}),
	)
}

func pod(namespace, name string, labels map[string]string) runtime.Object {
	const anywhere = "127.0.0.1" // a pod without addresses is none for the analyzer
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name, Labels: labels},
		Status:     corev1.PodStatus{HostIP: anywhere, PodIPs: []corev1.PodIP{{IP: anywhere}}},
	}
}
