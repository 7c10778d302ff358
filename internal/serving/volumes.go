package serving

import (
	"cmp"
	"fmt"
	"slices"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/config"
)

// volume is a directory of a server's that is not of its image.
type volume struct {
	name, path string
	source     *corev1.EmptyDirVolumeSourceArgs
}

// scratchSize is what a server may write that names no other size.
const scratchSize = "1Gi"

// directories are those that a server may write into, each in a volume of its own: any
// user may write into one that is empty. That of shared memory is in memory, and counts
// as the container's.
// See kubernetes.io/docs/concepts/storage/volumes/#emptydir.
func directories(server config.Server) []volume {
	size := pulumi.String(cmp.Or(server.Scratch, scratchSize))
	var all []volume
	for i, path := range slices.Concat([]string{"/tmp"}, server.Writable) {
		name := "scratch"
		if i > 0 {
			name = fmt.Sprintf("scratch-%d", i)
		}
		all = append(all, volume{name, path, &corev1.EmptyDirVolumeSourceArgs{SizeLimit: size}})
	}
	if server.SharedMemory != "" {
		all = append(all, volume{"shared-memory", "/dev/shm", &corev1.EmptyDirVolumeSourceArgs{
			Medium: pulumi.String("Memory"), SizeLimit: pulumi.String(server.SharedMemory),
		}})
	}
	return all
}

func volumes(server config.Server) corev1.VolumeArray {
	var all corev1.VolumeArray
	for _, directory := range directories(server) {
		all = append(all, corev1.VolumeArgs{Name: pulumi.String(directory.name), EmptyDir: directory.source})
	}
	return all
}

func mounts(server config.Server) corev1.VolumeMountArray {
	var all corev1.VolumeMountArray
	for _, directory := range directories(server) {
		all = append(all, corev1.VolumeMountArgs{Name: pulumi.String(directory.name), MountPath: pulumi.String(directory.path)})
	}
	return all
}
