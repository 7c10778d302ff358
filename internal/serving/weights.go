package serving

import (
	"strings"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/config"
)

// weightsName is the volume of the model's files.
const weightsName = "weights"

// weightsVolume mounts the folder of the bucket by Cloud Storage FUSE, which reads a file
// when the server does. Where the server reads the whole of it once, as servers load
// weights, the cache on the node's disk is there for the next container of the pod, and
// several downloads fill it at once. Objects do not change under a running server, so
// that what is known of them never expires.
// See docs.cloud.google.com/kubernetes-engine/docs/how-to/cloud-storage-fuse-csi-driver-perf
// and github.com/GoogleCloudPlatform/gcs-fuse-csi-driver, pkg/csi_driver/utils.go.
func weightsVolume(server config.Server) corev1.VolumeArray {
	if server.Weights == "" {
		return nil
	}
	bucket, folder := server.Bucket()
	options := []string{"implicit-dirs", "file-cache:enable-parallel-downloads:true"}
	if folder != "" {
		options = append(options, "only-dir="+folder)
	}
	return corev1.VolumeArray{corev1.VolumeArgs{
		Name: pulumi.String(weightsName),
		Csi: &corev1.CSIVolumeSourceArgs{
			Driver:   pulumi.String("gcsfuse.csi.storage.gke.io"),
			ReadOnly: pulumi.Bool(true),
			VolumeAttributes: pulumi.ToStringMap(map[string]string{
				"bucketName":                bucket,
				"mountOptions":              strings.Join(options, ","),
				"fileCacheCapacity":         "-1",
				"fileCacheForRangeRead":     "true",
				"metadataCacheTTLSeconds":   "-1",
				"metadataStatCacheCapacity": "-1",
				"metadataTypeCacheCapacity": "-1",
			}),
		},
	}}
}

// weightsMount is where the server finds the files.
func weightsMount(server config.Server) corev1.VolumeMountArray {
	if server.Weights == "" {
		return nil
	}
	return corev1.VolumeMountArray{corev1.VolumeMountArgs{
		Name: pulumi.String(weightsName), MountPath: pulumi.String(config.WeightsDirectory), ReadOnly: pulumi.Bool(true),
	}}
}

// weightsAnnotations have GKE add the container that mounts the bucket. It requests what
// the fit of replicas on nodes counts, and has no limits: its cache is as large as the
// weights.
func weightsAnnotations(server config.Server) pulumi.StringMap {
	if server.Weights == "" {
		return nil
	}
	return pulumi.ToStringMap(map[string]string{
		"gke-gcsfuse/volumes":                 "true",
		"gke-gcsfuse/cpu-limit":               "0",
		"gke-gcsfuse/memory-limit":            "0",
		"gke-gcsfuse/ephemeral-storage-limit": "0",
	})
}
