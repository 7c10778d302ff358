package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ai-serving/internal/testkit"
)

// served is what a model's server gets, as its user would look for it.
type served struct {
	Command, Args, Secrets []any
	Metric                 any
	MetricsPort            any
	Mounted, Bucket        any
	Reads                  []string
	Egress                 int
}

// TestAModelServerIsServedAsItsUserWritesIt holds the program to stack files as teams write
// them for two servers.
func TestAModelServerIsServedAsItsUserWritesIt(t *testing.T) {
	t.Parallel()
	const principal = "principal://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/ai-serving-walk.svc.id.goog/subject/ns/"
	for name, want := range map[string]served{
		"vllm": {
			Command: []any{"vllm", "serve"},
			Args:    []any{"/weights", "--port=8000", "--served-model-name=llm", "--disable-access-log-for-endpoints=/health,/metrics,/ping", "--max-model-len=16384", "--shutdown-timeout=600"},
			Secrets: []any{"VLLM_API_KEY"},
			Metric:  "prometheus.googleapis.com|vllm:num_requests_waiting|gauge", MetricsPort: "http",
			Mounted: "/weights", Bucket: "walk-models",
			Reads: []string{"walk-models roles/storage.objectViewer " + principal + "pool/sa/llm"},
		},
		"triton": {
			Command: []any{"tritonserver"},
			Args:    []any{"--model-repository=/weights", "--http-port=8000", "--model-control-mode=none", "--exit-timeout-secs=60"},
			Metric:  "prometheus.googleapis.com|nv_inference_pending_request_count|gauge", MetricsPort: "metrics",
			Mounted: "/weights", Bucket: "walk-models",
			Reads:  []string{"walk-models roles/storage.objectViewer " + principal + "tenant-acme/sa/acme-classify"},
			Egress: 1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			recording, err := run(t, "walk", read(t, "testdata/walks/"+name+".yaml"), false)
			if err != nil {
				t.Fatal(err)
			}
			for _, violation := range testkit.Violations(recording) {
				t.Error(violation)
			}
			if diff := cmp.Diff(want, servedIn(recording)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// servedIn reads the only workload of a recording.
func servedIn(recording *testkit.Recording) served {
	var got served
	for _, deployment := range ofServers(recording, "kubernetes:apps/v1:Deployment") {
		pod := at(testkit.Reveal(deployment.Inputs), "spec", "template", "spec")
		container := at(pod, "containers", 0)
		got.Command, got.Args = elements(at(container, "command")), elements(at(container, "args"))
		for _, variable := range elements(at(container, "env")) {
			if at(variable, "valueFrom", "secretKeyRef") != nil {
				got.Secrets = append(got.Secrets, at(variable, "name"))
			}
		}
		for _, volume := range elements(at(pod, "volumes")) {
			if bucket := at(volume, "csi", "volumeAttributes", "bucketName"); bucket != nil {
				got.Bucket = bucket
			}
		}
		for _, mount := range elements(at(container, "volumeMounts")) {
			if at(mount, "name") == "weights" {
				got.Mounted = at(mount, "mountPath")
			}
		}
	}
	for _, scaler := range recording.OfType("kubernetes:autoscaling/v2:HorizontalPodAutoscaler") {
		got.Metric = at(testkit.Reveal(scaler.Inputs), "spec", "metrics", 0, "pods", "metric", "name")
	}
	for _, monitoring := range recording.OfType("kubernetes:monitoring.googleapis.com/v1:PodMonitoring") {
		got.MetricsPort = at(testkit.Reveal(monitoring.Inputs), "spec", "endpoints", 0, "port")
	}
	for _, grant := range recording.OfType("gcp:storage/bucketIAMMember:BucketIAMMember") {
		if input(grant, "role") == "roles/storage.objectViewer" && !strings.HasPrefix(input(grant, "member"), "serviceAccount:") {
			got.Reads = append(got.Reads, input(grant, "bucket")+" "+input(grant, "role")+" "+input(grant, "member"))
		}
	}
	for _, policy := range recording.OfType("kubernetes:networking.k8s.io/v1:NetworkPolicy") {
		if len(elements(at(testkit.Reveal(policy.Inputs), "spec", "policyTypes"))) == 2 && at(testkit.Reveal(policy.Inputs), "spec", "podSelector", "matchLabels") != nil {
			got.Egress += len(elements(at(testkit.Reveal(policy.Inputs), "spec", "egress")))
		}
	}
	return got
}

// at follows keys and positions into a value; nil where there is nothing.
func at(value any, path ...any) any {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			object, _ := value.(map[string]any)
			value = object[step]
		case int:
			if all := elements(value); step < len(all) {
				value = all[step]
			} else {
				return nil
			}
		}
	}
	return value
}

func elements(value any) []any {
	all, _ := value.([]any)
	return all
}
