package instances

import (
	"ai-serving/internal/topology"
)

// step is what is done once after a boot, before the server starts.
type step struct {
	// Name is that of the script, and ends that of the unit.
	Name        string
	Description string
	// values are the script's.
	values any
}

func (s step) unit() string { return "model-" + s.Name + ".service" }

// copyImage has the gcloud CLI, which Container-Optimized OS has not. It copies files
// in parallel, large ones in parts, compares checksums, and goes on where it stopped:
// a loop around curl would do none of it. The tag is of one version.
// See github.com/GoogleCloudPlatform/cloud-sdk-docker.
const copyImage = "gcr.io/google.com/cloudsdktool/google-cloud-cli:573.0.0-stable"

// weightsDirectory is where they are on the machine's disk.
const weightsDirectory = "/var/lib/model/weights"

// stepsOf are the steps that a group's server needs. They run side by side.
//
// The driver's modules are signed by a key that the kernel of Container-Optimized OS has
// in it, so that it is installed on machines with Secure Boot too.
// See docs.cloud.google.com/container-optimized-os/docs/how-to/run-gpus, "Security".
func stepsOf(group topology.InstanceGroup, secrets []secret) []step {
	var steps []step
	if group.GPU != nil {
		steps = append(steps, step{"driver", "Driver of the GPUs", nil})
	}
	if source := group.Server.Weights; source != "" {
		steps = append(steps, step{"weights", "Weights of the model", map[string]any{
			"Image": copyImage, "Source": source, "Directory": weightsDirectory,
		}})
	}
	if len(secrets) > 0 {
		steps = append(steps, step{"secrets", "Secret variables of the model server", secrets})
	}
	return steps
}
