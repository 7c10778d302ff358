package monitoring

import (
	"cmp"
	"context"
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
)

// Monitoring is what Google's cloud knows of the metrics of one cluster's pods.
type Monitoring struct {
	Client  kubernetes.Interface
	Dynamic dynamic.Interface
	Feed    Feed
}

// Known says whether there is a metric of this name.
func (m Monitoring) Known(metric string) (bool, error) { return m.Feed.known(metric) }

// Values are the present values of a metric in a namespace, by pod. Only pods whose
// metrics are collected have one.
func (m Monitoring) Values(ctx context.Context, namespace, metric string) (map[string]resource.Quantity, error) {
	fed, err := m.Feed.values(namespace, metric)
	if err != nil || len(fed) == 0 {
		return nil, err
	}
	pods, err := m.scraped(ctx, namespace)
	if err != nil {
		return nil, err
	}
	values := map[string]resource.Quantity{}
	for name, value := range fed {
		deployment, err := m.Client.AppsV1().Deployments(namespace).Get(ctx, name, metav1.GetOptions{})
		if apierrors.IsNotFound(err) {
			continue // its pods are gone, too
		}
		if err != nil {
			return nil, err
		}
		selector, err := metav1.LabelSelectorAsSelector(deployment.Spec.Selector)
		if err != nil {
			return nil, err
		}
		own := slices.DeleteFunc(slices.Clone(pods), func(pod corev1.Pod) bool { return !selector.Matches(labels.Set(pod.Labels)) })
		for i, quantity := range value.of(len(own)) {
			values[own[i].Name] = quantity
		}
	}
	return values, nil
}

// scraped are the pods of a namespace whose metrics are collected, by name.
func (m Monitoring) scraped(ctx context.Context, namespace string) ([]corev1.Pod, error) {
	asking, err := m.asking(ctx, namespace)
	if err != nil {
		return nil, err
	}
	policies, err := m.Client.NetworkingV1().NetworkPolicies(namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, err
	}
	pods, err := m.Client.CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(pods.Items, func(a, b corev1.Pod) int { return cmp.Compare(a.Name, b.Name) })
	return scrapedOf(pods.Items, asking, policies.Items), nil
}

func scrapedOf(pods []corev1.Pod, asking []podMonitoring, policies []networkingv1.NetworkPolicy) []corev1.Pod {
	return slices.DeleteFunc(pods, func(pod corev1.Pod) bool { return !scraped(&pod, asking, policies) })
}

// asking are the custom resources of a namespace. A cluster without managed collection
// has none.
func (m Monitoring) asking(ctx context.Context, namespace string) ([]podMonitoring, error) {
	list, err := m.Dynamic.Resource(Resource).Namespace(namespace).List(ctx, metav1.ListOptions{})
	if apierrors.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	asking := make([]podMonitoring, len(list.Items))
	for i, item := range list.Items {
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(item.Object, &asking[i]); err != nil {
			return nil, err
		}
	}
	return asking, nil
}

// of gives the values of so many pods. Of what they have together, some have one more
// than others where it does not come out even.
func (v Value) of(pods int) []resource.Quantity {
	values := make([]resource.Quantity, pods)
	for i := range values {
		values[i] = v.Quantity
		if v.Together {
			part, rest := v.Quantity.Value()/int64(pods), v.Quantity.Value()%int64(pods)
			if int64(i) < rest {
				part++
			}
			values[i] = *resource.NewQuantity(part, resource.DecimalSI)
		}
	}
	return values
}
