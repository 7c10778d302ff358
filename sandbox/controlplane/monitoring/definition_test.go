package monitoring_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"ai-serving/sandbox/controlplane"
	"ai-serving/sandbox/controlplane/monitoring"
	"ai-serving/sandbox/store"
)

const id = "projects/demo/locations/europe-west4/clusters/serving"

func TestMain(m *testing.M) {
	bin, err := filepath.Abs("../../../.sandbox/bin")
	if err == nil {
		err = os.Setenv("PATH", os.Getenv("PATH")+string(filepath.ListSeparator)+bin)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// create makes a cluster, which is stopped when the test ends.
func create(t *testing.T, home string) controlplane.Cluster {
	t.Helper()
	plane := controlplane.At(home)
	t.Cleanup(func() {
		if err := plane.Stop(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	cluster, err := plane.Create(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return cluster
}

// TestANewClusterHasTheCustomResource, which refuses what Google's does.
func TestANewClusterHasTheCustomResource(t *testing.T) {
	t.Parallel()
	client, err := create(t, t.TempDir()).Dynamic()
	if err != nil {
		t.Fatal(err)
	}
	for spec, want := range map[string]string{
		`{selector: {matchLabels: {app: chat}}, endpoints: [{port: http, path: /metrics, interval: 15s}]}`:             "",
		`{selector: {}, endpoints: [{port: 8000, interval: 1m, timeout: 30s, scheme: https, tls: {serverName: "a"}}]}`: "",
		`{selector: {}, endpoints: [{port: http, interval: 15s}, {port: 8000, interval: 15s}]}`:                        "",
		`{selector: {}, endpoints: [{port: http, interval: 15s}, {port: http, interval: 1m}]}`:                         "Ports must be unique across all endpoints",
		`{selector: {}, endpoints: [{port: 8000, interval: 15s}, {port: 8000, interval: 15s}]}`:                        "Ports must be unique across all endpoints",
		`{endpoints: [{port: http, interval: 15s}]}`:                                                                   "spec.selector: Required value",
		`{selector: {}}`:                                                                             "spec.endpoints: Required value",
		`{selector: {}, endpoints: []}`:                                                              "should have at least 1 items",
		`{selector: {}, endpoints: [{interval: 15s}]}`:                                               "spec.endpoints[0].port: Required value",
		`{selector: {}, endpoints: [{port: 0, interval: 15s}]}`:                                      "Port is required",
		`{selector: {}, endpoints: [{port: "", interval: 15s}]}`:                                     "should be at least 1 chars long",
		`{selector: {}, endpoints: [{port: http}]}`:                                                  "spec.endpoints[0].interval: Required value",
		`{selector: {}, endpoints: [{port: http, interval: often}]}`:                                 "must be of type duration",
		`{selector: {}, endpoints: [{port: http, interval: 15s, timeout: 30s}]}`:                     "must not be greater than scrape interval",
		`{selector: {}, endpoints: [{port: http, interval: 15s, scheme: ftp}]}`:                      `supported values: "http", "https"`,
		`{selector: {matchLabels: [chat]}, endpoints: [{port: http, interval: 15s}]}`:                "spec.selector.matchLabels: Invalid value",
		`{selector: {}, endpoints: [{port: http, interval: 15s, path: 8}]}`:                          "spec.endpoints[0].path: Invalid value",
		`{selector: {}, endpoints: [{port: http, interval: 15s}], targetLabels: {metadata: [team]}}`: "Unsupported value",
		`{selector: {}, endpoints: [{port: http, interval: 15s, every: 1s}]}`:                        `unknown field "spec.endpoints[0].every"`,
	} {
		object := &unstructured.Unstructured{}
		text := `{apiVersion: monitoring.googleapis.com/v1, kind: PodMonitoring, metadata: {name: chat}, spec: ` + spec + `}`
		if err := yaml.Unmarshal([]byte(text), &object.Object); err != nil {
			t.Fatal(err)
		}
		options := metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}, FieldValidation: metav1.FieldValidationStrict}
		_, err := client.Resource(monitoring.Resource).Namespace("default").Create(t.Context(), object, options)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", spec, err, want)
		}
	}
}

func TestAClusterThatTurnsManagedCollectionOffHasNoCustomResource(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	clouds := store.At(filepath.Join(home, "stores", "gcp.db"))
	off := map[string]any{"monitoringConfig": map[string]any{"managedPrometheusConfig": map[string]any{"enabled": false}}}
	if err := clouds.Update(func(tx store.Tx) error { return tx.Put(id, off) }); err != nil {
		t.Fatal(err)
	}
	client, err := create(t, home).Dynamic()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Resource(monitoring.Resource).List(t.Context(), metav1.ListOptions{}); !apierrors.IsNotFound(err) {
		t.Errorf("list: %v, want that there is no such resource", err)
	}
}
