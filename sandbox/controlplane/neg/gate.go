package neg

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
)

const (
	// gateType is the condition that a pod of a Service with endpoint groups waits
	// for: docs.cloud.google.com/kubernetes-engine/docs/concepts/container-native-load-balancing#pod_readiness.
	gateType = "cloud.google.com/load-balancer-neg-ready"
	// gateTimeout is when a gate is passed whatever a load balancer says, after the
	// pod was made: ingress-gce, pkg/neg/readiness/reflector.go.
	gateTimeout = 10 * time.Minute

	gatesName = "neg-readiness-gates"

	// addGate is a CEL expression that adds a gate of a type to those of a pod.
	addGate = `has(object.spec.readinessGates)
		? [JSONPatch{op: "add", path: "/spec/readinessGates/-", value: {"conditionType": %[1]q}}]
		: [JSONPatch{op: "add", path: "/spec/readinessGates", value: [{"conditionType": %[1]q}]}]`
)

// gates give a readiness gate to each new pod that a Service with endpoint groups
// selects. The API server evaluates the policy for each Service of the pod's
// namespace, and so only for those that are there before the pod.
func gates() (*admissionv1.MutatingAdmissionPolicy, *admissionv1.MutatingAdmissionPolicyBinding) {
	allow, fail := admissionv1.AllowAction, admissionv1.Fail
	policy := &admissionv1.MutatingAdmissionPolicy{
		ObjectMeta: metav1.ObjectMeta{Name: gatesName},
		Spec: admissionv1.MutatingAdmissionPolicySpec{
			ParamKind: &admissionv1.ParamKind{APIVersion: "v1", Kind: "Service"},
			MatchConstraints: &admissionv1.MatchResources{ResourceRules: []admissionv1.NamedRuleWithOperations{{
				RuleWithOperations: admissionv1.RuleWithOperations{
					Operations: []admissionv1.OperationType{admissionv1.Create},
					Rule:       admissionv1.Rule{APIGroups: []string{""}, APIVersions: []string{"v1"}, Resources: []string{"pods"}},
				},
			}}},
			MatchConditions: []admissionv1.MatchCondition{
				{Name: "has-groups", Expression: fmt.Sprintf("has(params.metadata.annotations) && %q in params.metadata.annotations", requestAnnotation)},
				{Name: "selects", Expression: "has(params.spec.selector) && has(object.metadata.labels) && " +
					"params.spec.selector.all(key, key in object.metadata.labels && object.metadata.labels[key] == params.spec.selector[key])"},
				{Name: "has-no-gate", Expression: fmt.Sprintf("!has(object.spec.readinessGates) || !object.spec.readinessGates.exists(gate, gate.conditionType == %q)", gateType)},
			},
			FailurePolicy:      &fail,
			ReinvocationPolicy: admissionv1.NeverReinvocationPolicy,
			Mutations: []admissionv1.Mutation{{
				PatchType: admissionv1.PatchTypeJSONPatch,
				JSONPatch: &admissionv1.JSONPatch{Expression: fmt.Sprintf(addGate, gateType)},
			}},
		},
	}
	binding := &admissionv1.MutatingAdmissionPolicyBinding{
		ObjectMeta: metav1.ObjectMeta{Name: gatesName},
		Spec: admissionv1.MutatingAdmissionPolicyBindingSpec{
			PolicyName: gatesName,
			ParamRef:   &admissionv1.ParamRef{Selector: &metav1.LabelSelector{}, ParameterNotFoundAction: &allow},
		},
	}
	return policy, binding
}

// installGates makes the API server give pods their gates.
func installGates(ctx context.Context, client kubernetes.Interface) error {
	policy, binding := gates()
	registered := client.AdmissionregistrationV1()
	_, err := registered.MutatingAdmissionPolicies().Create(ctx, policy, metav1.CreateOptions{})
	if err != nil && !apierrors.IsAlreadyExists(err) {
		return err
	}
	_, err = registered.MutatingAdmissionPolicyBindings().Create(ctx, binding, metav1.CreateOptions{})
	if err != nil && !apierrors.IsAlreadyExists(err) {
		return err
	}
	return nil
}

// passGates passes the gates of the running pods of Services whose groups are made in
// all zones, and of those that have waited for too long.
func (c *Controller) passGates(ctx context.Context) error {
	pods, err := c.pods.List(labels.Everything())
	if err != nil {
		return err
	}
	var failures []error
	for _, pod := range pods {
		if waits(pod) && (isSelected(pod, c.complete) || time.Since(pod.CreationTimestamp.Time) > gateTimeout) {
			failures = append(failures, c.pass(ctx, pod))
		}
	}
	return errors.Join(failures...)
}

// waits says whether the pod runs and has a gate that is not passed.
func waits(pod *corev1.Pod) bool {
	gated := false
	for _, gate := range pod.Spec.ReadinessGates {
		gated = gated || gate.ConditionType == gateType
	}
	for _, condition := range pod.Status.Conditions {
		gated = gated && (condition.Type != gateType || condition.Status != corev1.ConditionTrue)
	}
	return gated && pod.Status.Phase == corev1.PodRunning && pod.DeletionTimestamp == nil
}

func isSelected(pod *corev1.Pod, services []*corev1.Service) bool {
	for _, service := range services {
		if service.Namespace == pod.Namespace && labels.SelectorFromSet(service.Spec.Selector).Matches(labels.Set(pod.Labels)) {
			return true
		}
	}
	return false
}

func (c *Controller) pass(ctx context.Context, pod *corev1.Pod) error {
	patch, err := json.Marshal(map[string]any{"status": map[string]any{"conditions": []any{map[string]any{
		"type": gateType, "status": corev1.ConditionTrue, "reason": "LoadBalancerNegReady", "lastTransitionTime": metav1.Now(),
	}}}})
	if err != nil {
		return err
	}
	_, err = c.Client.CoreV1().Pods(pod.Namespace).Patch(ctx, pod.Name, types.StrategicMergePatchType, patch, metav1.PatchOptions{FieldManager: fieldManager}, "status")
	if apierrors.IsNotFound(err) {
		return nil // deleted meanwhile
	}
	return err
}
