package tunnel

import (
	"context"
	"errors"
	"fmt"
	"net/netip"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/client-go/kubernetes"
)

// Backend is a port of a pod.
type Backend struct {
	Pod  *corev1.Pod
	Port int32
}

// errRefused is what the system says of a port that nothing listens on.
var errRefused = errors.New("connection refused")

// Resolve gives the pods that a connection to this address may end at: the ready
// endpoints of a Service, as kube-proxy would choose one of, or a pod.
func Resolve(ctx context.Context, client kubernetes.Interface, target netip.AddrPort) ([]Backend, error) {
	services, err := client.CoreV1().Services(metav1.NamespaceAll).List(ctx, metav1.ListOptions{
		FieldSelector: fields.OneTermEqualSelector("spec.clusterIP", target.Addr().String()).String(),
	})
	if err != nil {
		return nil, err
	}
	for _, service := range services.Items {
		if service.Spec.ClusterIP == target.Addr().String() {
			return endpoints(ctx, client, service, int32(target.Port()))
		}
	}
	pods, err := client.CoreV1().Pods(metav1.NamespaceAll).List(ctx, metav1.ListOptions{
		FieldSelector: fields.OneTermEqualSelector("status.podIP", target.Addr().String()).String(),
	})
	if err != nil {
		return nil, err
	}
	var found []Backend
	for _, pod := range pods.Items {
		if pod.Status.PodIP == target.Addr().String() {
			found = append(found, Backend{&pod, int32(target.Port())})
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%w: no Service and no pod has the address", errRefused)
	}
	return found, nil
}

// endpoints are the ready ones of a port of a Service.
func endpoints(ctx context.Context, client kubernetes.Interface, service corev1.Service, number int32) ([]Backend, error) {
	name := service.Namespace + "/" + service.Name
	port := portOf(service, number)
	if port == nil {
		return nil, fmt.Errorf("%w: Service %s has no port %d", errRefused, name, number)
	}
	slices, err := client.DiscoveryV1().EndpointSlices(service.Namespace).List(ctx, metav1.ListOptions{
		LabelSelector: discoveryv1.LabelServiceName + "=" + service.Name,
	})
	if err != nil {
		return nil, err
	}
	var found []Backend
	for _, slice := range slices.Items {
		target := targetOf(slice, port.Name)
		if target == nil {
			continue
		}
		for _, endpoint := range slice.Endpoints {
			if endpoint.Conditions.Ready != nil && !*endpoint.Conditions.Ready || endpoint.TargetRef == nil || endpoint.TargetRef.Kind != "Pod" {
				continue
			}
			pod, err := client.CoreV1().Pods(service.Namespace).Get(ctx, endpoint.TargetRef.Name, metav1.GetOptions{})
			if apierrors.IsNotFound(err) {
				continue // deleted meanwhile
			}
			if err != nil {
				return nil, err
			}
			found = append(found, Backend{pod, *target})
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%w: Service %s has no ready endpoint for its port %d", errRefused, name, number)
	}
	return found, nil
}

func portOf(service corev1.Service, number int32) *corev1.ServicePort {
	for _, port := range service.Spec.Ports {
		if port.Port == number {
			return &port
		}
	}
	return nil
}

// targetOf is the pods' port that a port of a Service stands for.
func targetOf(slice discoveryv1.EndpointSlice, name string) *int32 {
	for _, port := range slice.Ports {
		if port.Name != nil && *port.Name == name || port.Name == nil && name == "" {
			return port.Port
		}
	}
	return nil
}
