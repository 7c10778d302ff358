package monitoring

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// podMonitoring is what collectors read of the custom resource.
type podMonitoring struct {
	Metadata metav1.ObjectMeta `json:"metadata"`
	Spec     struct {
		Selector  metav1.LabelSelector `json:"selector"`
		Endpoints []struct {
			Port intstr.IntOrString `json:"port"`
		} `json:"endpoints"`
		TargetLabels struct {
			Metadata []string `json:"metadata"`
		} `json:"targetLabels"`
	} `json:"spec"`
}

// podLabel is the label that tells which pod a value is of. Without it, nobody finds the
// pod's values: see github.com/GoogleCloudPlatform/k8s-stackdriver, PrometheusSchema in
// custom-metrics-stackdriver-adapter/pkg/adapter/translator/utils/filter_builder.go.
const podLabel = "pod"

// scraped says whether the metrics of a pod are known: whether it is ready, and a custom
// resource of its namespace asks for those of one of its ports, which collectors reach.
func scraped(pod *corev1.Pod, asking []podMonitoring, policies []networkingv1.NetworkPolicy) bool {
	return IsReady(pod) && slices.ContainsFunc(asking, func(m podMonitoring) bool {
		if m.Metadata.Namespace != pod.Namespace || !selects(&m.Spec.Selector, pod.Labels) || !slices.Contains(m.Spec.TargetLabels.Metadata, podLabel) {
			return false
		}
		return slices.ContainsFunc(m.targets(pod), func(port int32) bool { return Admitted(pod, port, Collectors, policies) })
	})
}

// targets are the ports of a pod that are asked for metrics. Nothing is known to listen on
// a number that no container declares.
func (m podMonitoring) targets(pod *corev1.Pod) []int32 {
	var found []int32
	for _, endpoint := range m.Spec.Endpoints {
		if endpoint.Port.Type == intstr.String {
			found = append(found, named(pod, endpoint.Port.StrVal)...)
			continue
		}
		for _, port := range ports(pod) {
			if port.ContainerPort == endpoint.Port.IntVal {
				found = append(found, port.ContainerPort)
			}
		}
	}
	return found
}

// IsReady says whether a pod takes requests, and is not about to end.
func IsReady(pod *corev1.Pod) bool {
	return pod.DeletionTimestamp == nil && slices.ContainsFunc(pod.Status.Conditions, func(c corev1.PodCondition) bool {
		return c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue
	})
}
