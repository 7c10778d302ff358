package adapter

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/metrics/pkg/apis/custom_metrics"
	"k8s.io/metrics/pkg/apis/external_metrics"
	"sigs.k8s.io/custom-metrics-apiserver/pkg/provider"

	"ai-serving/sandbox/controlplane/monitoring"
)

// pods is the one resource that the sandbox knows metrics of.
const pods = "pods"

// metrics answers as the adapter does: see its pkg/adapter/provider/provider.go.
type metrics struct {
	client     kubernetes.Interface // with the rights of the adapter's pod
	monitoring monitoring.Monitoring
	// newResourceModel is needed for metrics of Prometheus.
	newResourceModel bool
}

var _ provider.MetricsProvider = metrics{}

// GetMetricByName gives the value of a pod.
func (m metrics) GetMetricByName(ctx context.Context, pod types.NamespacedName, info provider.CustomMetricInfo, selector labels.Selector) (*custom_metrics.MetricValue, error) {
	if err := isPods(info, pod.Namespace); err != nil {
		return nil, err
	}
	found, err := m.client.CoreV1().Pods(pod.Namespace).Get(ctx, pod.Name, metav1.GetOptions{})
	if err != nil {
		return nil, err
	}
	values, err := m.values(ctx, pod.Namespace, info.Metric, selector, []corev1.Pod{*found})
	if err != nil {
		return nil, err
	}
	if len(values) == 0 {
		return nil, notFound("the server could not find the metric %q for %s %q", info.Metric, pods, pod.Name)
	}
	return &values[0], nil
}

// GetMetricBySelector gives the values of the pods that have one, which may be none.
func (m metrics) GetMetricBySelector(ctx context.Context, namespace string, of labels.Selector, info provider.CustomMetricInfo, selector labels.Selector) (*custom_metrics.MetricValueList, error) {
	if err := isPods(info, namespace); err != nil {
		return nil, err
	}
	found, err := m.client.CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{LabelSelector: of.String()})
	if err != nil {
		return nil, err
	}
	values, err := m.values(ctx, namespace, info.Metric, selector, found.Items)
	if err != nil {
		return nil, err
	}
	return &custom_metrics.MetricValueList{Items: values}, nil
}

// values are those of the pods that have one.
func (m metrics) values(ctx context.Context, namespace, metric string, selector labels.Selector, of []corev1.Pod) ([]custom_metrics.MetricValue, error) {
	name, err := m.check(metric, selector)
	if err != nil {
		return nil, err
	}
	var known map[string]resource.Quantity
	if m.newResourceModel {
		if known, err = m.monitoring.Values(ctx, namespace, name); err != nil {
			return nil, err
		}
	}
	values := []custom_metrics.MetricValue{}
	for _, pod := range of {
		if value, found := known[pod.Name]; found {
			values = append(values, custom_metrics.MetricValue{
				DescribedObject: custom_metrics.ObjectReference{APIVersion: "/__internal", Kind: "Pod", Namespace: namespace, Name: pod.Name},
				Metric:          custom_metrics.MetricIdentifier{Name: metric},
				Timestamp:       metav1.Now(),
				Value:           value,
			})
		}
	}
	return values, nil
}

// check gives the name in Prometheus of a metric that there is.
func (m metrics) check(metric string, selector labels.Selector) (name string, err error) {
	if !selector.Empty() {
		return "", apierrors.NewBadRequest(fmt.Sprintf("metric %s: the sandbox knows no labels of metrics: leave out the selector", metric))
	}
	name, is := prometheusName(metric)
	known := false
	if is {
		if known, err = m.monitoring.Known(name); err != nil {
			return "", err
		}
	}
	if !known {
		return "", notFound("the server could not find the descriptor for metric %q", strings.ReplaceAll(metric, "|", "/"))
	}
	return name, nil
}

// prometheusName takes the name of a gauge of Prometheus out of its name in Google's cloud,
// in which dashes stand for slashes, as
// prometheus.googleapis.com|vllm:num_requests_waiting|gauge: see
// cloud.google.com/stackdriver/docs/managed-prometheus/exporters/mapping.
func prometheusName(metric string) (name string, is bool) {
	parts := strings.Split(strings.ReplaceAll(metric, "|", "/"), "/")
	if len(parts) != 3 || parts[0] != "prometheus.googleapis.com" || parts[2] != "gauge" {
		return "", false
	}
	return parts[1], true
}

// isPods refuses metrics of nodes, which the sandbox has none of, and of what is neither.
func isPods(info provider.CustomMetricInfo, namespace string) error {
	if namespace != "" && info.GroupResource == (schema.GroupResource{Resource: pods}) {
		return nil
	}
	return &apierrors.StatusError{ErrStatus: metav1.Status{
		Status: metav1.StatusFailure, Code: http.StatusNotImplemented, Reason: metav1.StatusReasonBadRequest,
		Message: fmt.Sprintf("Operation: \"Get metric for resource %s\" is not implemented", info.GroupResource),
	}}
}

// GetExternalMetric finds none: the sandbox has metrics of pods only.
func (m metrics) GetExternalMetric(_ context.Context, _ string, _ labels.Selector, info provider.ExternalMetricInfo) (*external_metrics.ExternalMetricValueList, error) {
	return nil, notFound("the server could not find the descriptor for metric %q", strings.ReplaceAll(info.Metric, "|", "/"))
}

// ListAllMetrics lists none, as the adapter does in a project that has metrics of
// Prometheus only: it asks for those of other resources.
func (metrics) ListAllMetrics() []provider.CustomMetricInfo { return nil }

// ListAllExternalMetrics lists one that is not there, as the adapter does.
func (metrics) ListAllExternalMetrics() []provider.ExternalMetricInfo {
	return []provider.ExternalMetricInfo{{Metric: "externalmetrics"}}
}

func notFound(format string, arguments ...any) error {
	return &apierrors.StatusError{ErrStatus: metav1.Status{
		Status: metav1.StatusFailure, Code: http.StatusNotFound, Reason: metav1.StatusReasonNotFound,
		Message: fmt.Sprintf(format, arguments...),
	}}
}
