package topology

import (
	"slices"
	"strings"
	"testing"
)

// TestAServerUsesAllAcceleratorsOfItsReplica: those of a pod, those that come with a machine,
// and those that are attached to one.
func TestAServerUsesAllAcceleratorsOfItsReplica(t *testing.T) {
	t.Parallel()
	const (
		hello = "      image: us-docker.pkg.dev/google-samples/containers/gke/hello-app:1.0\n      port: 8080\n      healthPath: /\n"
		vllm  = "      preset: vllm\n      image: vllm/vllm-openai:v0.22.0\n      args: [Qwen/Qwen3-8B]\n"
		pods  = `kubernetes: {cpu: "4", memory: 16Gi, replicas: {min: 2, max: 3}, gpu: {type: nvidia-l4, count: 2}, scaling: {metric: requests_waiting, target: 4}}`
	)
	for name, runtime := range map[string]string{
		"a pod's":                       `kubernetes: {cpu: "4", memory: 16Gi, replicas: {min: 2, max: 3}, gpu: {type: nvidia-l4, count: 2}}`,
		"those that come with machines": "instances: {machineType: g2-standard-24, replicas: {min: 2, max: 2}}",
		"those attached to machines":    "instances: {machineType: n1-standard-8, replicas: {min: 2, max: 2}, gpu: {type: nvidia-tesla-t4, count: 2}}",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			edits := withVision("    hooli: {models: [vision], regions: [gcp]}")
			for i := range edits {
				edits[i] = strings.NewReplacer(hello, vllm, pods, runtime, "      metricsPath: /metrics\n", "").Replace(edits[i])
			}
			region := dev(t, edits...).GCP.Regions[0]
			var args []string
			for _, deployment := range region.Cluster.Deployments {
				if deployment.Workload.Model == "vision" {
					args = deployment.Server.Args
				}
			}
			for _, group := range region.InstanceGroups {
				if group.Workload.Model == "vision" {
					args = group.Server.Args
				}
			}
			if !slices.Contains(args, "--tensor-parallel-size=2") {
				t.Errorf("arguments %q lack --tensor-parallel-size=2", args)
			}
		})
	}
}
