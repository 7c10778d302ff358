package monitoring

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// Sender is who sends a request to a pod: a pod of another namespace.
type Sender struct{ Namespace, Pod labels.Set }

// Collectors are the pods that ask others for metrics, one on each node. Which namespace
// they are in, and that they have addresses of the pods' network: see
// github.com/GoogleCloudPlatform/prometheus-engine/blob/main/manifests/operator.yaml.
var Collectors = Sender{
	Namespace: labels.Set{corev1.LabelMetadataName: "gmp-system"},
	Pod:       labels.Set{"app.kubernetes.io/name": "collector"},
}

// Admitted says whether the policies of a pod's namespace let requests of a sender to a
// port of the pod pass. A pod that no policy selects takes all.
func Admitted(pod *corev1.Pod, port int32, from Sender, policies []networkingv1.NetworkPolicy) bool {
	isolated := false
	for _, policy := range policies {
		if policy.Namespace != pod.Namespace || !isolates(policy.Spec) || !selects(&policy.Spec.PodSelector, pod.Labels) {
			continue
		}
		isolated = true
		for _, rule := range policy.Spec.Ingress {
			if admitsPort(rule, pod, port) && admitsSender(rule, from) {
				return true
			}
		}
	}
	return !isolated
}

// isolates says whether a policy is about what comes in.
func isolates(policy networkingv1.NetworkPolicySpec) bool {
	return len(policy.PolicyTypes) == 0 || slices.Contains(policy.PolicyTypes, networkingv1.PolicyTypeIngress)
}

func admitsPort(rule networkingv1.NetworkPolicyIngressRule, pod *corev1.Pod, port int32) bool {
	return len(rule.Ports) == 0 || slices.ContainsFunc(rule.Ports, func(p networkingv1.NetworkPolicyPort) bool {
		switch {
		case p.Protocol != nil && *p.Protocol != corev1.ProtocolTCP:
			return false
		case p.Port == nil:
			return true
		case p.Port.Type == intstr.String:
			return slices.Contains(named(pod, p.Port.StrVal), port)
		case p.EndPort != nil:
			return p.Port.IntVal <= port && port <= *p.EndPort
		}
		return p.Port.IntVal == port
	})
}

// admitsSender leaves ranges of addresses aside: Dataplane V2 does not apply them to
// pods of the cluster, see docs.cilium.io/en/stable/security/policy/language/#cidr-based.
func admitsSender(rule networkingv1.NetworkPolicyIngressRule, from Sender) bool {
	return len(rule.From) == 0 || slices.ContainsFunc(rule.From, func(peer networkingv1.NetworkPolicyPeer) bool {
		return peer.NamespaceSelector != nil && // else the policy's own namespace
			selects(peer.NamespaceSelector, from.Namespace) &&
			(peer.PodSelector == nil || selects(peer.PodSelector, from.Pod))
	})
}

// selects says whether a selector is valid and selects what has these labels.
func selects(selector *metav1.LabelSelector, set labels.Set) bool {
	parsed, err := metav1.LabelSelectorAsSelector(selector)
	return err == nil && parsed.Matches(set)
}

// named are the numbers of the ports that a pod's containers have under a name.
func named(pod *corev1.Pod, name string) []int32 {
	var numbers []int32
	for _, port := range ports(pod) {
		if port.Name == name {
			numbers = append(numbers, port.ContainerPort)
		}
	}
	return numbers
}

// ports are those of the containers that run as long as the pod does.
func ports(pod *corev1.Pod) []corev1.ContainerPort {
	var all []corev1.ContainerPort
	for _, container := range pod.Spec.InitContainers {
		if container.RestartPolicy != nil && *container.RestartPolicy == corev1.ContainerRestartPolicyAlways {
			all = append(all, container.Ports...)
		}
	}
	for _, container := range pod.Spec.Containers {
		all = append(all, container.Ports...)
	}
	return all
}
