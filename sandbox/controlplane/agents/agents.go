// Package agents runs in a cluster what GKE runs on every node: a DaemonSet for each,
// whose pods request what GKE's do. The scheduler places the program's pods beside
// them, as it does on GKE.
package agents

import (
	"context"
	"fmt"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"

	"ai-serving/internal/machinetype"
)

const (
	// nameLabel selects the pods of an agent.
	nameLabel = "k8s-app"
	// acceleratorLabel is on nodes with GPUs.
	acceleratorLabel = "cloud.google.com/gke-accelerator"
	// nodeCritical is the class of pods that others have to make room for.
	nodeCritical = "system-node-critical"

	// A new cluster gets its namespaces and priority classes a moment after it answers.
	applyTimeout  = time.Minute
	applyInterval = 200 * time.Millisecond
)

// Apply makes the DaemonSets, or makes them what they should be.
func Apply(ctx context.Context, client kubernetes.Interface) error {
	for _, agent := range machinetype.Agents(true) {
		var last error
		err := wait.PollUntilContextTimeout(ctx, applyInterval, applyTimeout, true, func(ctx context.Context) (bool, error) {
			last = apply(ctx, client, daemonSet(agent))
			return last == nil, nil
		})
		if err != nil {
			return fmt.Errorf("agent %s: %w: %w", agent.Name, err, last)
		}
	}
	return nil
}

func apply(ctx context.Context, client kubernetes.Interface, wanted *appsv1.DaemonSet) error {
	sets := client.AppsV1().DaemonSets(metav1.NamespaceSystem)
	_, err := sets.Create(ctx, wanted, metav1.CreateOptions{})
	if apierrors.IsAlreadyExists(err) {
		_, err = sets.Update(ctx, wanted, metav1.UpdateOptions{})
	}
	return err
}

// daemonSet runs an agent on all nodes, or on those with GPUs, whatever their taints.
func daemonSet(agent machinetype.Agent) *appsv1.DaemonSet {
	labels := map[string]string{nameLabel: agent.Name}
	set := &appsv1.DaemonSet{
		ObjectMeta: metav1.ObjectMeta{Name: agent.Name, Namespace: metav1.NamespaceSystem, Labels: labels},
		Spec: appsv1.DaemonSetSpec{
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec: corev1.PodSpec{
					PriorityClassName: nodeCritical,
					Tolerations:       []corev1.Toleration{{Operator: corev1.TolerationOpExists}},
					Containers:        []corev1.Container{container(agent)},
				},
			},
		},
	}
	if agent.GPU {
		set.Spec.Template.Spec.Affinity = onAccelerators
	}
	return set
}

func container(agent machinetype.Agent) corev1.Container {
	return corev1.Container{
		Name:  agent.Name,
		Image: "gke.gcr.io/" + agent.Name, // pulled by no one
		Resources: corev1.ResourceRequirements{Requests: corev1.ResourceList{
			corev1.ResourceCPU:    *resource.NewMilliQuantity(agent.MilliCPU, resource.DecimalSI),
			corev1.ResourceMemory: *resource.NewQuantity(agent.MemoryMiB<<20, resource.BinarySI),
		}},
	}
}

var onAccelerators = &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{
	RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{NodeSelectorTerms: []corev1.NodeSelectorTerm{{
		MatchExpressions: []corev1.NodeSelectorRequirement{{Key: acceleratorLabel, Operator: corev1.NodeSelectorOpExists}},
	}}},
}}
