package monitoring

import (
	"path/filepath"
	"testing"

	"ai-serving/sandbox/store"
)

func TestAClusterHasManagedCollectionUnlessItIsTurnedOff(t *testing.T) {
	t.Parallel()
	const cluster = "projects/demo/locations/europe-west4/clusters/serving"
	for _, test := range []struct {
		body any
		want bool
	}{
		{nil, true},
		{map[string]any{}, true},
		{map[string]any{"monitoringConfig": map[string]any{"managedPrometheusConfig": map[string]any{"enabled": true}}}, true},
		{map[string]any{"monitoringConfig": map[string]any{"managedPrometheusConfig": map[string]any{"enabled": false}}}, false},
	} {
		clouds := store.At(filepath.Join(t.TempDir(), "gcp.db"))
		if test.body != nil {
			if err := clouds.Update(func(tx store.Tx) error { return tx.Put(cluster, test.body) }); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := Managed(clouds, cluster); got != test.want || err != nil {
			t.Errorf("%v: %v, %v; want %v", test.body, got, err, test.want)
		}
	}
}
