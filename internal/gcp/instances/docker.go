package instances

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"

	"ai-serving/internal/config"
	"ai-serving/internal/topology"
)

// killSeconds is what systemd allows beyond the container's own time to stop.
const killSeconds = 10

// environmentFile has the secret variables. It is in memory, and root's alone.
const environmentFile = "/run/model/environment"

// unitOf are the values of the unit of the model's server.
func unitOf(group topology.InstanceGroup, steps []step) map[string]any {
	var units []string
	for _, step := range steps {
		units = append(units, step.unit())
	}
	grace := group.Workload.Timeouts.Grace
	return map[string]any{
		"Workload":     group.Workload.Key,
		"Steps":        units,
		"Image":        group.Server.Image,
		"Registry":     googleRegistry(group.Server.Image),
		"Run":          strings.Join(runArguments(group), " "),
		"GraceSeconds": grace,
		"StopSeconds":  grace + killSeconds,
	}
}

// confined are the arguments that take from a container what a model's server does
// without, as on Kubernetes. One that is to listen on a port below 1024 may: Docker
// lets every container.
var confined = []string{"--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"}

// runArguments are the arguments of docker run, each quoted for systemd. Without a user
// of its own the server runs as the image's.
func runArguments(group topology.InstanceGroup) []string {
	server := group.Server
	port := strconv.Itoa(group.Workload.Port)
	arguments := slices.Concat([]string{"--name", "model", "--publish", port + ":" + port}, confined)
	if user := server.User; user != 0 {
		arguments = append(arguments, "--user", fmt.Sprintf("%d:%d", user, user))
	}
	if shared := server.SharedMemory; shared != "" {
		arguments = append(arguments, "--shm-size", dockerSize(shared))
	}
	for _, directory := range directories(server) {
		arguments = append(arguments, "--volume", directory.machine+":"+directory.container)
	}
	if server.Weights != "" {
		arguments = append(arguments, "--volume", weightsDirectory+":"+config.WeightsDirectory+":ro")
	}
	if group.GPU != nil {
		arguments = append(arguments, gpuArguments(group.GPU.Count)...)
	}
	for _, name := range slices.Sorted(maps.Keys(server.Environment)) {
		arguments = append(arguments, "--env", name+"="+server.Environment[name])
	}
	if len(server.SecretEnvironment) > 0 {
		arguments = append(arguments, "--env-file", environmentFile)
	}
	command := server.Command
	if len(command) > 0 {
		arguments = append(arguments, "--entrypoint", command[0])
		command = command[1:]
	}
	arguments = append(arguments, server.Image)
	arguments = slices.Concat(arguments, command, server.Args)
	for i, argument := range arguments {
		arguments[i] = systemdWord(argument)
	}
	return arguments
}

// gpuArguments give a container the machine's GPUs: Container-Optimized OS has no runtime
// of NVIDIA's that would. LD_LIBRARY_PATH is left to the image, as on GKE, where the
// driver is in the same place: NVIDIA's images look there, and others have paths
// of their own in it, which a variable of ours would take away.
// See docs.cloud.google.com/container-optimized-os/docs/how-to/run-gpus.
func gpuArguments(count int) []string {
	arguments := []string{
		"--volume", "/var/lib/nvidia/lib64:/usr/local/nvidia/lib64:ro",
		"--volume", "/var/lib/nvidia/bin:/usr/local/nvidia/bin:ro",
		"--device", "/dev/nvidiactl", "--device", "/dev/nvidia-uvm",
	}
	for i := range count {
		arguments = append(arguments, "--device", "/dev/nvidia"+strconv.Itoa(i))
	}
	return arguments
}

// directory is one that the server writes into.
type directory struct{ machine, container string }

// directories are on the machine's disk, and not in memory, for a server may need
// more than that. Any user may write into them. Container-Optimized OS keeps /var/lib
// when it restarts.
// See cloud.google.com/container-optimized-os/docs/concepts/disks-and-filesystem.
func directories(server config.Server) []directory {
	all := []directory{{"/var/lib/model/tmp", "/tmp"}}
	for i, writable := range server.Writable {
		all = append(all, directory{fmt.Sprintf("/var/lib/model/writable-%d", i+1), writable})
	}
	return all
}

func machineDirectories(all []directory) []string {
	var names []string
	for _, one := range all {
		names = append(names, one.machine)
	}
	return names
}

// dockerSize is a quantity in bytes, which Docker takes.
func dockerSize(quantity string) string {
	size := resource.MustParse(quantity) // a rule of package config has it in this form
	return strconv.FormatInt(size.Value(), 10)
}

// googleRegistry is the host of the image's registry if it is one of Google's,
// which the machine's service account can read; "" if not.
func googleRegistry(image string) string {
	host, _, found := strings.Cut(image, "/")
	if found && (host == "gcr.io" || strings.HasSuffix(host, ".gcr.io") || strings.HasSuffix(host, ".pkg.dev")) {
		return host
	}
	return ""
}
