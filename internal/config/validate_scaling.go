package config

import (
	"fmt"
	"maps"
	"regexp"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// What replicas may scale by that is no metric of the server's own.
const (
	// CPU is the use of the CPU, in percent of what a replica requests or an instance has.
	CPU = "cpu"
	// Requests are those that a load balancer sends each second.
	Requests = "requests"
)

// metricForm is the name of a metric of Prometheus.
// Source: prometheus.io/docs/concepts/data_model.
var metricForm = regexp.MustCompile(`^[a-zA-Z_:][a-zA-Z0-9_:]{0,99}$`)

const (
	// maxCPUTarget is all of the CPU.
	maxCPUTarget = 100
	// MaxRequests are what the load balancers take an instance to serve each second: they
	// prefer other regions' beyond it.
	MaxRequests = 100
)

// validateScaling holds what a model scales by to what is measured where it runs.
func (m Model) validateScaling(path *field.Path) field.ErrorList {
	if m.GCP == nil {
		return nil
	}
	var errs field.ErrorList
	if k := m.GCP.Kubernetes; k != nil && k.Scaling != nil {
		at := path.Child("gcp", "kubernetes", "scaling")
		errs = append(errs, k.Scaling.validate(at)...)
		switch metric := k.Scaling.Metric; {
		case !metricForm.MatchString(metric): // refused already
		case metric == Requests:
			errs = append(errs, field.Invalid(at.Child("metric"), metric, "is counted for instances only: name a gauge of the server's own metrics, or cpu"))
		case m.GCP.scalesByNothing() && k.Replicas.Min != k.Replicas.Max:
			errs = append(errs, field.Required(at, useless))
		case metric != CPU && m.MetricsPath == "":
			errs = append(errs, field.Required(path.Child("metricsPath"), fmt.Sprintf("the model scales by %s: say where the server answers with its metrics, such as /metrics", metric)))
		}
	}
	if i := m.GCP.Instances; i != nil && i.Scaling != nil {
		at := path.Child("gcp", "instances", "scaling")
		errs = append(errs, i.Scaling.validate(at)...)
		switch metric := i.Scaling.Metric; {
		case !metricForm.MatchString(metric): // refused already
		case metric != CPU && metric != Requests:
			errs = append(errs, field.Invalid(at.Child("metric"), metric, "is collected on Kubernetes only: instances scale by cpu or by requests"))
		case m.GCP.scalesByNothing() && i.Replicas.Min != i.Replicas.Max:
			errs = append(errs, field.Required(at, useless))
		}
	}
	return errs
}

// validateTenantScaling refuses bounds of a tenant's own between which nothing would
// scale.
func (c Config) validateTenantScaling(path pathOf) field.ErrorList {
	var errs field.ErrorList
	for _, id := range slices.Sorted(maps.Keys(c.Tenants)) {
		replicas := c.Tenants[id].Replicas
		if replicas == nil || replicas.Min == replicas.Max {
			continue
		}
		for _, name := range c.Tenants[id].Models {
			if gcp := c.Models[name].GCP; gcp != nil && gcp.scalesByNothing() {
				errs = append(errs, field.Invalid(path("tenants").Child(id, "replicas", "max"), replicas.Max,
					fmt.Sprintf("must be min, %d: model %q is on GPUs and scales by cpu, which says nothing of their load: name another metric in the model's scaling, or set max to min", replicas.Min, name)))
			}
		}
	}
	return errs
}

// scalesByNothing reports whether the replicas are on GPUs and scale by their CPU.
func (g ModelGCP) scalesByNothing() bool {
	switch {
	case g.Kubernetes != nil && g.Kubernetes.Scaling != nil:
		return g.Kubernetes.GPU != nil && g.Kubernetes.Scaling.Metric == CPU
	case g.Instances != nil && g.Instances.Scaling != nil:
		return g.Instances.onAccelerators() && g.Instances.Scaling.Metric == CPU
	}
	return false
}

// useless is why a model on GPUs does not scale by its CPU.
const useless = "the use of the CPU says nothing of the load of a GPU: name another metric with its target, or set replicas.max to replicas.min"

func (s Scaling) validate(path *field.Path) field.ErrorList {
	if s.Metric == CPU && s.Target > maxCPUTarget {
		return field.ErrorList{field.Invalid(path.Child("target"), s.Target, fmt.Sprintf("must be at most %d, because cpu is in percent", maxCPUTarget))}
	}
	if s.Metric == Requests && s.Target > MaxRequests {
		return field.ErrorList{field.Invalid(path.Child("target"), s.Target, fmt.Sprintf("must be at most %d, which is when the load balancers turn to other regions", MaxRequests))}
	}
	return nil
}

// validateMetrics refuses metrics that nothing collects, and ports that are taken.
func (m Model) validateMetrics(path *field.Path) field.ErrorList {
	switch {
	case m.MetricsPath == "" && m.MetricsPort != 0:
		return field.ErrorList{field.Required(path.Child("metricsPath"), "say where on metricsPort the server answers with its metrics, such as /metrics")}
	case m.GCP != nil && m.GCP.Kubernetes != nil && m.MetricsPort > 0 && m.MetricsPort < firstUnprivileged:
		return field.ErrorList{field.Invalid(path.Child("metricsPort"), m.MetricsPort, fmt.Sprintf("must be %d or more on Kubernetes, where the server is not root", firstUnprivileged))}
	}
	return nil
}
