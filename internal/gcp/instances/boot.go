package instances

import "ai-serving/internal/topology"

const (
	// bootSeconds is for what comes before the start of the model server: the
	// machine boots and pulls the image.
	bootSeconds = 180
	// driverSeconds is for the download and the installation of the driver of GPUs,
	// which takes about a minute where all goes well.
	driverSeconds = 180
	// fillSeconds is for one GiB of the disk, half of which comes from the network, the
	// image and the weights, at 100 MiB a second: the image is there twice while it is
	// unpacked. A balanced disk writes 140 MiB a second and more.
	// See docs.cloud.google.com/compute/docs/disks/performance.
	fillSeconds = 5
	// maxInitialDelaySeconds is the most that Compute Engine takes.
	maxInitialDelaySeconds = 3600
)

// initialSeconds is how long a new instance may take until it serves. It is replaced
// if it takes longer, and would never serve if it always did.
func initialSeconds(group topology.InstanceGroup) int {
	seconds := bootSeconds + group.Workload.StartupSeconds
	if group.GPU != nil {
		seconds += driverSeconds
	}
	if group.GPU != nil || group.Server.Weights != "" {
		seconds += fillSeconds * group.DiskGiB
	}
	return min(seconds, maxInitialDelaySeconds)
}
