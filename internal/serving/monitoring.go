package serving

import (
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apiextensions"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/topology"
)

const (
	// collectionInterval is between two readings of a server's metrics. An autoscaler
	// asks every 15 s.
	collectionInterval = "15s"
	// metricsName is what a port of metrics alone is called in the pod.
	metricsName = "metrics"
)

// metricsPortName is the port that the metrics are on.
func metricsPortName(d topology.Deployment) string {
	if d.Metrics.Port == d.Workload.Port {
		return portName
	}
	return metricsName
}

// newMonitoring registers the collection of a workload's metrics, if it has any.
func (o objects) newMonitoring(ctx *pulumi.Context, name string, d topology.Deployment, ready []pulumi.Resource) error {
	if d.Metrics == nil {
		return nil
	}
	_, err := apiextensions.NewCustomResource(ctx, name, monitoringArgs(d), o.gone(ready...)...)
	return err
}

// monitoringArgs have Google's Managed Service for Prometheus collect the metrics.
// See github.com/GoogleCloudPlatform/prometheus-engine, doc/api.md.
func monitoringArgs(d topology.Deployment) *apiextensions.CustomResourceArgs {
	return &apiextensions.CustomResourceArgs{
		ApiVersion: pulumi.String("monitoring.googleapis.com/v1"),
		Kind:       pulumi.String("PodMonitoring"),
		Metadata:   metadata(d),
		OtherFields: kubernetes.UntypedArgs{"spec": map[string]any{
			"selector": map[string]any{"matchLabels": selected(d)},
			"endpoints": []any{map[string]any{
				"port": metricsPortName(d), "path": d.Metrics.Path, "interval": collectionInterval,
			}},
		}},
	}
}
