package autoscaler

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	podresources "k8s.io/component-helpers/resource"
	scheduling "k8s.io/component-helpers/scheduling/corev1"
	"k8s.io/component-helpers/scheduling/corev1/nodeaffinity"
)

// room is a node, or one that could be, and what of it is free.
type room struct {
	node *corev1.Node
	free corev1.ResourceList
}

// rooms are the nodes that pods can be placed on, with what their pods leave.
func (s state) rooms() []room {
	on := map[string][]*corev1.Pod{}
	for _, pod := range s.pods {
		on[pod.Spec.NodeName] = append(on[pod.Spec.NodeName], pod)
	}
	var rooms []room
	for _, node := range s.nodes {
		if node.Spec.Unschedulable || node.DeletionTimestamp != nil {
			continue
		}
		r := room{node, node.Status.Allocatable.DeepCopy()}
		for _, pod := range on[node.Name] {
			r.take(pod)
		}
		rooms = append(rooms, r)
	}
	return rooms
}

// fresh is a node of a pool as soon as what runs on each of its kind does.
func (s state) fresh(node *corev1.Node) room {
	r := room{node, node.Status.Allocatable.DeepCopy()}
	seen := map[string]bool{}
	for _, pod := range s.pods {
		owner := metav1.GetControllerOf(pod)
		if !isOfDaemonSet(pod) || seen[owner.Name] || !r.admits(withoutNode(pod)) {
			continue
		}
		seen[owner.Name] = true
		r.take(pod)
	}
	return r
}

func isOfDaemonSet(pod *corev1.Pod) bool {
	owner := metav1.GetControllerOf(pod)
	return owner != nil && owner.Kind == "DaemonSet"
}

// withoutNode is a pod of a DaemonSet without the affinity to the node it is for.
func withoutNode(pod *corev1.Pod) *corev1.Pod {
	anywhere := pod.DeepCopy()
	anywhere.Spec.Affinity = nil
	return anywhere
}

// take lets a pod use the node, which may be too small for it.
func (r room) take(pod *corev1.Pod) {
	for name, requested := range requests(pod) {
		left := r.free[name]
		left.Sub(requested)
		r.free[name] = left
	}
}

// requests are what a pod needs of a node, itself counted among the pods.
func requests(pod *corev1.Pod) corev1.ResourceList {
	all := podresources.PodRequests(pod, podresources.PodResourcesOptions{})
	all[corev1.ResourcePods] = onePod
	return all
}

// place puts the pod on the first node that has room for it, and reports whether one has.
func place(pod *corev1.Pod, rooms []room) bool {
	i := slices.IndexFunc(rooms, func(r room) bool { return r.refuses(pod) == "" })
	if i < 0 {
		return false
	}
	rooms[i].take(pod)
	return true
}

// admits reports whether labels and taints let the pod on the node.
func (r room) admits(pod *corev1.Pod) bool {
	matches, err := nodeaffinity.GetRequiredNodeAffinity(pod).Match(r.node)
	return err == nil && matches && r.taint(pod) == nil
}

// taint is one that keeps the pod off the node.
func (r room) taint(pod *corev1.Pod) *corev1.Taint {
	taint, found := scheduling.FindMatchingUntoleratedTaint(logr.Discard(), r.node.Spec.Taints, pod.Spec.Tolerations,
		func(taint *corev1.Taint) bool { return taint.Effect != corev1.TaintEffectPreferNoSchedule }, false)
	if !found {
		return nil
	}
	return &taint
}

// refuses says why the pod does not fit; "" if it does.
func (r room) refuses(pod *corev1.Pod) string {
	if taint := r.taint(pod); taint != nil {
		return "it does not tolerate the taint " + taint.ToString()
	}
	if !r.admits(pod) {
		return "the labels are not those that it selects"
	}
	var lacking []string
	for name, wanted := range requests(pod) {
		if left := r.free[name]; left.Cmp(wanted) < 0 {
			lacking = append(lacking, fmt.Sprintf("%s: it requests %s, a node has %s", name, wanted.String(), left.String()))
		}
	}
	slices.Sort(lacking)
	return strings.Join(lacking, ", ")
}
