package monitoring

import (
	"context"
	"time"

	"k8s.io/client-go/dynamic"

	"ai-serving/sandbox/store"
)

// lookInterval is the time between two looks whether a cluster has managed collection by
// now. To turn it on is an update of the cluster, which takes minutes in the cloud.
const lookInterval = 5 * time.Second

// Managed says whether a cluster has managed collection. GKE turns it on in every new
// cluster that does not turn it off, from version 1.27 on: see
// cloud.google.com/stackdriver/docs/managed-prometheus/setup-managed#enable-mgdcoll-gke.
func Managed(clouds store.Store, cluster string) (bool, error) {
	var stored struct {
		MonitoringConfig struct {
			ManagedPrometheusConfig struct {
				Enabled *bool `json:"enabled"`
			} `json:"managedPrometheusConfig"`
		} `json:"monitoringConfig"`
	}
	err := clouds.View(func(tx store.Tx) error {
		_, err := tx.Get(cluster, &stored)
		return err
	})
	asked := stored.MonitoringConfig.ManagedPrometheusConfig.Enabled
	return asked == nil || *asked, err
}

// DefineWhenManaged makes the API server serve the custom resource as soon as the cluster
// has managed collection.
func DefineWhenManaged(ctx context.Context, client dynamic.Interface, clouds store.Store, cluster string) error {
	for {
		managed, err := Managed(clouds, cluster)
		if err != nil {
			return err
		}
		if managed {
			return Define(ctx, client)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(lookInterval):
		}
	}
}
