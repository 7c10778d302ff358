package kubernetes

import (
	"context"
	"fmt"
	"os"
	"reflect"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/cli-utils/pkg/kstatus/status"
)

const toBeReady = "to be ready"

// conditionOf is what to wait for after the object was written: what its
// annotation says, else what makes an object of its kind ready. It is nil when
// nothing is waited for.
func (p *Provider) conditionOf(ctx context.Context, live, before *unstructured.Unstructured) (*condition, error) {
	if isAnnotated(live, annotationSkipAwait) {
		return nil, nil
	}
	if text, annotated := live.GetAnnotations()[annotationWaitFor]; annotated {
		return parseWaitFor(text)
	}
	if live.GroupVersionKind().GroupKind() == claimKind && before == nil && p.bindsLate(ctx, live) {
		return nil, nil
	}
	return readiness(live.GroupVersionKind().GroupKind()), nil
}

var (
	jobKind     = schema.GroupKind{Group: "batch", Kind: "Job"}
	claimKind   = schema.GroupKind{Kind: "PersistentVolumeClaim"}
	serviceKind = schema.GroupKind{Kind: "Service"}
)

// readiness is the condition in which an object of the kind is ready. As in the
// original most kinds are ready when they exist, unless PULUMI_K8S_AWAIT_ALL
// asks for kstatus' opinion of those too.
func readiness(kind schema.GroupKind) *condition {
	switch kind {
	case schema.GroupKind{Group: "apps", Kind: "Deployment"},
		schema.GroupKind{Group: "apps", Kind: "StatefulSet"},
		schema.GroupKind{Group: "apps", Kind: "DaemonSet"},
		schema.GroupKind{Kind: "Pod"},
		schema.GroupKind{Kind: "ReplicationController"},
		claimKind:
		return &condition{toBeReady, isCurrent}
	case jobKind:
		return &condition{"to complete", isComplete}
	case schema.GroupKind{Kind: "PersistentVolume"}:
		return &condition{"to be available", isAvailable}
	case schema.GroupKind{Kind: "ResourceQuota"}:
		return &condition{"to be in force", isInForce}
	case serviceKind:
		return &condition{toBeReady, hasAddress}
	case schema.GroupKind{Group: "networking.k8s.io", Kind: "Ingress"}:
		return &condition{"to have an address", hasIngress}
	}
	if os.Getenv("PULUMI_K8S_AWAIT_ALL") == "true" {
		return &condition{toBeReady, isCurrent}
	}
	return nil
}

// isCurrent asks kstatus. What it calls failed (a rollout past its deadline, a pod
// that has no room yet) may still recover while there is time.
func isCurrent(object *unstructured.Unstructured) (verdict, error) {
	result, err := status.Compute(object)
	if err != nil {
		return verdict{}, err
	}
	return verdict{met: result.Status == status.CurrentStatus, state: result.Message}, nil
}

// isComplete is stricter than kstatus, which is content with a Job that runs.
func isComplete(object *unstructured.Unstructured) (verdict, error) {
	result, err := status.Compute(object)
	if err != nil {
		return verdict{}, err
	}
	found, _ := findCondition(object, "Complete")
	return verdict{
		met:    found.status == "True",
		failed: result.Status == status.FailedStatus,
		state:  result.Message,
	}, nil
}

func isAvailable(object *unstructured.Unstructured) (verdict, error) {
	phase, _, err := unstructured.NestedString(object.Object, "status", "phase")
	available := phase == string(corev1.VolumeAvailable) || phase == string(corev1.VolumeBound)
	return verdict{met: available, state: "volume is " + phase}, err
}

func isInForce(object *unstructured.Unstructured) (verdict, error) {
	wanted, _, err := unstructured.NestedMap(object.Object, "spec", "hard")
	if err != nil {
		return verdict{}, err
	}
	enforced, _, err := unstructured.NestedMap(object.Object, "status", "hard")
	return verdict{met: reflect.DeepEqual(wanted, enforced), state: "quota is not in force"}, err
}

// hasAddress is met by every Service but a load balancer without an address.
func hasAddress(object *unstructured.Unstructured) (verdict, error) {
	kind, _, err := unstructured.NestedString(object.Object, "spec", "type")
	if err != nil || kind != string(corev1.ServiceTypeLoadBalancer) {
		return verdict{met: err == nil}, err
	}
	return hasIngress(object)
}

func hasIngress(object *unstructured.Unstructured) (verdict, error) {
	addresses, _, err := unstructured.NestedSlice(object.Object, "status", "loadBalancer", "ingress")
	return verdict{met: len(addresses) > 0, state: "no load balancer has given it an address"}, err
}

// bindsLate says whether a claim stays pending until a pod uses it.
func (p *Provider) bindsLate(ctx context.Context, claim *unstructured.Unstructured) bool {
	name, _, _ := unstructured.NestedString(claim.Object, "spec", "storageClassName")
	class := &unstructured.Unstructured{}
	class.SetGroupVersionKind(storagev1.SchemeGroupVersion.WithKind("StorageClass"))
	client, err := p.cluster.resource(class)
	if err != nil || name == "" {
		return false
	}
	class, err = client.Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return false
	}
	mode, _, _ := unstructured.NestedString(class.Object, "volumeBindingMode")
	return mode == string(storagev1.VolumeBindingWaitForFirstConsumer)
}

// objectCondition is one entry of an object's status.conditions.
type objectCondition struct{ kind, status, reason, message string }

func (c objectCondition) String() string {
	return fmt.Sprintf("%s is %s: %s: %s", c.kind, c.status, c.reason, c.message)
}

// conditionsIn lists the conditions that the object's status holds.
func conditionsIn(object *unstructured.Unstructured) []objectCondition {
	entries, _, _ := unstructured.NestedSlice(object.Object, "status", "conditions")
	var conditions []objectCondition
	for _, entry := range entries {
		fields, ok := entry.(map[string]any)
		if !ok {
			continue
		}
		text := func(name string) string { value, _ := fields[name].(string); return value }
		conditions = append(conditions, objectCondition{text("type"), text("status"), text("reason"), text("message")})
	}
	return conditions
}

func findCondition(object *unstructured.Unstructured, kind string) (objectCondition, bool) {
	for _, condition := range conditionsIn(object) {
		if condition.kind == kind {
			return condition, true
		}
	}
	return objectCondition{}, false
}
