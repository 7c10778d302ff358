package kubernetes

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/wait"
)

// How a Service's endpoints are looked at: pods that are just being made must
// have time to appear before none of them is missing.
const (
	endpointsInterval = time.Second
	endpointsSettled  = 2 // looks in a row that find every endpoint ready
)

// waitsForEndpoints says whether the object is a Service that is ready only when
// the pods behind it are: one that selects pods and has a cluster address.
func waitsForEndpoints(object *unstructured.Unstructured) bool {
	if object.GroupVersionKind().GroupKind() != serviceKind || object.GetAnnotations()[annotationWaitFor] != "" {
		return false
	}
	selector, _, _ := unstructured.NestedMap(object.Object, "spec", "selector")
	kind, _, _ := unstructured.NestedString(object.Object, "spec", "type")
	address, _, _ := unstructured.NestedString(object.Object, "spec", "clusterIP")
	return len(selector) > 0 && kind != string(corev1.ServiceTypeExternalName) && address != corev1.ClusterIPNone
}

// untilEndpoints waits until the cluster has looked for the pods of the Service
// and all that it has found are ready, and returns the last state. Like in the
// original, a Service that selects no pods at all is ready.
func (p *Provider) untilEndpoints(ctx context.Context, service *unstructured.Unstructured, report func(string)) (string, error) {
	state, settled := "", 0
	err := wait.PollUntilContextCancel(ctx, endpointsInterval, true, func(ctx context.Context) (bool, error) {
		verdict, err := p.endpointsReady(ctx, service)
		if err != nil {
			return false, err
		}
		state = verdict.state
		report(state)
		settled++
		if !verdict.met {
			settled = 0
		}
		return settled >= endpointsSettled, nil
	})
	return state, err
}

func (p *Provider) endpointsReady(ctx context.Context, service *unstructured.Unstructured) (verdict, error) {
	slices, err := p.endpointSlices(ctx, service)
	if err != nil {
		return verdict{}, err
	}
	if len(slices) == 0 {
		return verdict{state: "the cluster has not looked for its pods yet"}, nil
	}
	ready, pending := 0, 0
	for _, slice := range slices {
		for _, endpoint := range slice.Endpoints {
			switch conditions := endpoint.Conditions; {
			case conditions.Ready == nil || *conditions.Ready:
				ready++
			case conditions.Terminating == nil || !*conditions.Terminating:
				pending++
			}
		}
	}
	return verdict{met: pending == 0, state: fmt.Sprintf("%d of its %d pods are ready", ready, ready+pending)}, nil
}

func (p *Provider) endpointSlices(ctx context.Context, service *unstructured.Unstructured) ([]discoveryv1.EndpointSlice, error) {
	kind := &unstructured.Unstructured{}
	kind.SetGroupVersionKind(discoveryv1.SchemeGroupVersion.WithKind("EndpointSlice"))
	kind.SetNamespace(service.GetNamespace())
	client, err := p.cluster.resource(kind)
	if err != nil {
		return nil, err
	}
	list, err := client.List(ctx, metav1.ListOptions{LabelSelector: discoveryv1.LabelServiceName + "=" + service.GetName()})
	if err != nil {
		return nil, err
	}
	var typed discoveryv1.EndpointSliceList
	err = runtime.DefaultUnstructuredConverter.FromUnstructured(list.UnstructuredContent(), &typed)
	return typed.Items, err
}
