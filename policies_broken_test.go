package main

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"ai-serving/internal/topology"
)

// everyNamespace is the peer of all pods of the cluster.
var everyNamespace = networkingv1.NetworkPolicyPeer{NamespaceSelector: &metav1.LabelSelector{}}

// TestBrokenPoliciesAreFound changes the policies of one cluster, and wants the concern to
// fail that is named, and the others not to.
func TestBrokenPoliciesAreFound(t *testing.T) {
	t.Parallel()
	clusters, err := policedClusters()
	if err != nil {
		t.Fatal(err)
	}
	whole := richest(clusters)
	concerns := map[string]concern{
		"neighbours": neighbours, "arrivals": arrivals, "departures": departures, "collections": collections, "adaptations": adaptations,
	}
	for name, mutant := range brokenPolicies {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			changed := false
			broken := whole.broken(func(policy *networkingv1.NetworkPolicy) bool {
				if mutant.of != nil && !mutant.of(policy) {
					return true
				}
				changed = true
				return mutant.change(policy)
			})
			if !changed {
				t.Fatal("the cluster has no such policy")
			}
			for name, concern := range concerns {
				faults, err := concern.faults(broken)
				if err != nil {
					t.Fatal(err)
				}
				if found, want := len(faults) > 0, slices.Contains(strings.Fields(mutant.found), name); found != want {
					t.Errorf("%s: found %t, want %t: %q", name, found, want, faults[:min(3, len(faults))])
				}
			}
		})
	}
}

// What a policy is about: all of a namespace of servers, the adapter of metrics, or the pods
// of one workload; of these, some have a rule for collectors, and some for what the model
// connects to.
func ofNamespace(policy *networkingv1.NetworkPolicy) bool {
	return policy.Name == "namespace.isolation"
}

func ofAdapter(policy *networkingv1.NetworkPolicy) bool { return policy.Namespace == "custom-metrics" }

func ofWorkload(policy *networkingv1.NetworkPolicy) bool {
	return !ofNamespace(policy) && !ofAdapter(policy)
}

func withMetrics(policy *networkingv1.NetworkPolicy) bool {
	return ofWorkload(policy) && len(policy.Spec.Ingress) > 1
}

func withEgress(policy *networkingv1.NetworkPolicy) bool {
	return ofWorkload(policy) && len(policy.Spec.Egress) > 0
}

// richest is the cluster with the most workloads of those where every mutant is one: it
// has an adapter, metrics on a port of their own, and a model that states what it
// connects to.
func richest(clusters []policed) policed {
	return slices.MaxFunc(clusters, func(a, b policed) int { return cmp.Compare(a.riches(), b.riches()) })
}

func (p policed) riches() int {
	all := p.region.Cluster.Deployments
	apart := func(d topology.Deployment) bool { return d.Metrics != nil && d.Metrics.Port != d.Workload.Port }
	connects := func(d topology.Deployment) bool { return len(d.Egress) > 0 }
	if !p.region.Cluster.ByMetric() || !slices.ContainsFunc(all, apart) || !slices.ContainsFunc(all, connects) {
		return 0
	}
	return len(all)
}

// brokenPolicies change all policies that are of something, or all there are, in place;
// what is not to be kept, change says. found are the concerns that fail.
var brokenPolicies = map[string]struct {
	of     func(policy *networkingv1.NetworkPolicy) bool
	change func(policy *networkingv1.NetworkPolicy) (keep bool)
	found  string
}{
	"no policy": {
		found:  "neighbours arrivals departures collections adaptations",
		change: func(*networkingv1.NetworkPolicy) bool { return false },
	},
	"no isolation": {
		of: ofNamespace, found: "neighbours departures", // all pods have a policy of their own for what comes in
		change: func(*networkingv1.NetworkPolicy) bool { return false },
	},
	"the pool is not isolated": {
		of: ofNamespace, found: "neighbours departures",
		change: func(policy *networkingv1.NetworkPolicy) bool { return policy.Namespace != "pool" },
	},
	"isolation of one workload's pods": {
		of: ofNamespace, found: "neighbours departures",
		change: func(policy *networkingv1.NetworkPolicy) bool {
			policy.Spec.PodSelector.MatchLabels = map[string]string{"app.kubernetes.io/name": "base"}
			return true
		},
	},
	"isolation of what comes in alone": {
		of: ofNamespace, found: "neighbours departures", // some pods have a policy of their own for what goes out
		change: func(policy *networkingv1.NetworkPolicy) bool {
			policy.Spec.PolicyTypes = []networkingv1.PolicyType{networkingv1.PolicyTypeIngress}
			return true
		},
	},
	"isolation of what goes out alone": {
		of: ofNamespace, found: "neighbours", // all pods have a policy of their own for what comes in
		change: func(policy *networkingv1.NetworkPolicy) bool {
			policy.Spec.PolicyTypes = []networkingv1.PolicyType{networkingv1.PolicyTypeEgress}
			return true
		},
	},
	"all namespaces are let in": {
		of: ofNamespace, found: "arrivals collections",
		change: func(policy *networkingv1.NetworkPolicy) bool {
			policy.Spec.Ingress[0].From[0] = everyNamespace
			return true
		},
	},
	"all namespaces are let in and out": {
		of: ofNamespace, found: "neighbours arrivals departures collections",
		change: func(policy *networkingv1.NetworkPolicy) bool {
			policy.Spec.Ingress[0].From[0], policy.Spec.Egress[0].To[0] = everyNamespace, everyNamespace
			return true
		},
	},
	"the namespaces of other tenants are let in and out": {
		of: ofNamespace, found: "neighbours",
		change: func(policy *networkingv1.NetworkPolicy) bool {
			tenants := networkingv1.NetworkPolicyPeer{NamespaceSelector: &metav1.LabelSelector{
				MatchExpressions: []metav1.LabelSelectorRequirement{{Key: "tenant", Operator: metav1.LabelSelectorOpExists}},
			}}
			policy.Spec.Ingress[0].From = append(policy.Spec.Ingress[0].From, tenants)
			policy.Spec.Egress[0].To = append(policy.Spec.Egress[0].To, tenants)
			return true
		},
	},
	"DNS is asked of nobody": {
		of: ofNamespace, found: "departures",
		change: func(policy *networkingv1.NetworkPolicy) bool {
			policy.Spec.Egress = slices.Delete(policy.Spec.Egress, 1, 2)
			return true
		},
	},
	"DNS is asked of all namespaces": {
		of: ofNamespace, found: "departures",
		change: func(policy *networkingv1.NetworkPolicy) bool {
			policy.Spec.Egress[1].To[0] = everyNamespace
			return true
		},
	},
	"kube-system is reached on all ports": {
		of: ofNamespace, found: "departures",
		change: func(policy *networkingv1.NetworkPolicy) bool {
			policy.Spec.Egress[1].Ports = nil
			return true
		},
	},
	"all that is link-local is reached": {
		of: ofNamespace, found: "departures",
		change: func(policy *networkingv1.NetworkPolicy) bool {
			policy.Spec.Egress[2].To[0].IPBlock.CIDR = "169.254.0.0/16"
			return true
		},
	},
	"private addresses are reached": {
		of: ofNamespace, found: "departures",
		change: func(policy *networkingv1.NetworkPolicy) bool {
			policy.Spec.Egress[3].To[0].IPBlock.Except = policy.Spec.Egress[3].To[0].IPBlock.Except[1:]
			return true
		},
	},
	"the Internet is reached on another port too": {
		of: ofNamespace, found: "departures",
		change: func(policy *networkingv1.NetworkPolicy) bool {
			other := policy.Spec.Egress[3].Ports[0]
			other.Port = &intstr.IntOrString{IntVal: 8443}
			policy.Spec.Egress[3].Ports = append(policy.Spec.Egress[3].Ports, other)
			return true
		},
	},
	"the Internet is not reached": {
		of: ofNamespace, found: "departures",
		change: func(policy *networkingv1.NetworkPolicy) bool {
			policy.Spec.Egress = policy.Spec.Egress[:3]
			return true
		},
	},
	"front ends are not let in": {
		of: ofWorkload, found: "arrivals",
		change: func(policy *networkingv1.NetworkPolicy) bool {
			policy.Spec.Ingress = policy.Spec.Ingress[1:]
			return true
		},
	},
	"proxies are not let in": {
		of: ofWorkload, found: "arrivals",
		change: func(policy *networkingv1.NetworkPolicy) bool {
			policy.Spec.Ingress[0].From = policy.Spec.Ingress[0].From[1:]
			return true
		},
	},
	"front ends are let in on all ports": {
		of: ofWorkload, found: "arrivals",
		change: func(policy *networkingv1.NetworkPolicy) bool {
			policy.Spec.Ingress[0].Ports = nil
			return true
		},
	},
	"front ends are let in on a port that not all serve": {
		of: ofWorkload, found: "arrivals",
		change: func(policy *networkingv1.NetworkPolicy) bool {
			policy.Spec.Ingress[0].Ports[0].Port = &intstr.IntOrString{IntVal: 8080}
			return true
		},
	},
	"all addresses are let in on the served port": {
		of: ofWorkload, found: "arrivals",
		change: func(policy *networkingv1.NetworkPolicy) bool {
			policy.Spec.Ingress[0].From[0].IPBlock.CIDR = "0.0.0.0/0"
			return true
		},
	},
	"collectors are let in on the served port": {
		of: ofWorkload, found: "collections",
		change: func(policy *networkingv1.NetworkPolicy) bool {
			policy.Spec.Ingress[0].From = append(policy.Spec.Ingress[0].From, networkingv1.NetworkPolicyPeer{
				NamespaceSelector: &metav1.LabelSelector{MatchLabels: map[string]string{"kubernetes.io/metadata.name": "gmp-system"}},
				PodSelector:       &metav1.LabelSelector{MatchLabels: map[string]string{"app.kubernetes.io/name": "collector"}},
			})
			return true
		},
	},
	"whoever calls itself a collector is let in": {
		of: ofWorkload, found: "arrivals collections",
		change: func(policy *networkingv1.NetworkPolicy) bool {
			policy.Spec.Ingress[0].From = append(policy.Spec.Ingress[0].From, networkingv1.NetworkPolicyPeer{
				NamespaceSelector: &metav1.LabelSelector{},
				PodSelector:       &metav1.LabelSelector{MatchLabels: map[string]string{"app.kubernetes.io/name": "collector"}},
			})
			return true
		},
	},
	"collectors are not let in": {
		of: withMetrics, found: "collections",
		change: func(policy *networkingv1.NetworkPolicy) bool {
			policy.Spec.Ingress = policy.Spec.Ingress[:1]
			return true
		},
	},
	"collectors are let in on all ports": {
		of: withMetrics, found: "collections",
		change: func(policy *networkingv1.NetworkPolicy) bool {
			policy.Spec.Ingress[1].Ports = nil
			return true
		},
	},
	"the collectors of one namespace are forgotten": {
		of: withMetrics, found: "collections",
		change: func(policy *networkingv1.NetworkPolicy) bool {
			names := policy.Spec.Ingress[1].From[0].NamespaceSelector.MatchExpressions
			names[0].Values = names[0].Values[:1]
			return true
		},
	},
	"collectors of all namespaces are let in": {
		of: withMetrics, found: "arrivals",
		change: func(policy *networkingv1.NetworkPolicy) bool {
			policy.Spec.Ingress[1].From[0].NamespaceSelector = &metav1.LabelSelector{}
			return true
		},
	},
	"all pods of the collectors' namespaces are let in": {
		of: withMetrics, found: "arrivals",
		change: func(policy *networkingv1.NetworkPolicy) bool {
			policy.Spec.Ingress[1].From[0].PodSelector = nil
			return true
		},
	},
	"what the model connects to is not reached": {
		of: withEgress, found: "departures",
		change: func(policy *networkingv1.NetworkPolicy) bool {
			policy.Spec.PolicyTypes, policy.Spec.Egress = policy.Spec.PolicyTypes[:1], nil
			return true
		},
	},
	"what the model connects to is reached on all ports": {
		of: withEgress, found: "departures",
		change: func(policy *networkingv1.NetworkPolicy) bool {
			policy.Spec.Egress[0].Ports = nil
			return true
		},
	},
	"all addresses are reached on the port of what the model connects to": {
		of: withEgress, found: "departures",
		change: func(policy *networkingv1.NetworkPolicy) bool {
			policy.Spec.Egress[0].To[0].IPBlock.CIDR = "0.0.0.0/0"
			return true
		},
	},
	"what one model connects to, all pods of its namespace reach": {
		of: withEgress, found: "departures collections", // its metrics too
		change: func(policy *networkingv1.NetworkPolicy) bool {
			policy.Spec.PodSelector = metav1.LabelSelector{}
			return true
		},
	},
	"the metadata server is not reached by what mounts buckets": {
		of: ofNamespace, found: "departures",
		change: func(policy *networkingv1.NetworkPolicy) bool {
			policy.Spec.Egress[2].Ports = policy.Spec.Egress[2].Ports[:1]
			return true
		},
	},
	"the adapter is not isolated": {
		of: ofAdapter, found: "adaptations", // the others' namespaces let nothing in or out
		change: func(*networkingv1.NetworkPolicy) bool { return false },
	},
	"the adapter is reached by all namespaces": {
		of: ofAdapter, found: "adaptations",
		change: func(policy *networkingv1.NetworkPolicy) bool {
			policy.Spec.Ingress[0].From = append(policy.Spec.Ingress[0].From, everyNamespace)
			return true
		},
	},
	"the adapter is not reached by kube-system": {
		of: ofAdapter, found: "adaptations",
		change: func(policy *networkingv1.NetworkPolicy) bool {
			policy.Spec.Ingress[0].From = policy.Spec.Ingress[0].From[1:]
			return true
		},
	},
	"the adapter is not reached by the control plane": {
		of: ofAdapter, found: "adaptations",
		change: func(policy *networkingv1.NetworkPolicy) bool {
			policy.Spec.Ingress[0].From = policy.Spec.Ingress[0].From[:1]
			return true
		},
	},
	"the adapter is reached on all ports": {
		of: ofAdapter, found: "adaptations",
		change: func(policy *networkingv1.NetworkPolicy) bool {
			policy.Spec.Ingress[0].Ports = nil
			return true
		},
	},
	"the adapter does not reach the API server": {
		of: ofAdapter, found: "adaptations",
		change: func(policy *networkingv1.NetworkPolicy) bool {
			policy.Spec.Egress = policy.Spec.Egress[:3]
			return true
		},
	},
	"the adapter reaches other private addresses": {
		of: ofAdapter, found: "adaptations",
		change: func(policy *networkingv1.NetworkPolicy) bool {
			policy.Spec.Egress[3].To[0].IPBlock.CIDR = "10.0.0.0/8"
			return true
		},
	},
}
