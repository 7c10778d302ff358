package serving

import (
	"strconv"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/gcp/gke"
	"ai-serving/internal/topology"
)

// gpuResource is what GPUs are called in Kubernetes, and what the taint is that GKE
// puts on nodes with some.
const gpuResource = "nvidia.com/gpu"

// nodeSelector routes to the nodes of a pool that is not for all. Nodes that are
// need no selector: the others are tainted.
func nodeSelector(d topology.Deployment) pulumi.StringMap {
	if d.NodePool == topology.SharedNodes {
		return nil
	}
	return pulumi.StringMap{gke.PoolLabel: pulumi.String(d.NodePool)}
}

// tolerations are of the taints of the pool. That of accelerators GKE would add by
// itself to pods that ask for some; other clusters add none.
// See cloud.google.com/kubernetes-engine/docs/how-to/gpus.
func tolerations(d topology.Deployment) corev1.TolerationArray {
	var all corev1.TolerationArray
	if d.GPU != nil {
		all = append(all, corev1.TolerationArgs{
			Key: pulumi.String(gpuResource), Operator: pulumi.String("Exists"), Effect: pulumi.String("NoSchedule"),
		})
	}
	if d.OwnNodes() {
		all = append(all, corev1.TolerationArgs{
			Key: pulumi.String(gke.TenantTaint), Operator: pulumi.String("Equal"),
			Value: pulumi.String(d.Workload.Tenant), Effect: pulumi.String("NoExecute"),
		})
	}
	return all
}

// resources do not share out memory beyond what there is; CPU that nobody else has
// asked for may be used. Accelerators cannot be shared out at all.
func resources(d topology.Deployment) *corev1.ResourceRequirementsArgs {
	requests := pulumi.StringMap{"cpu": pulumi.String(d.CPU), "memory": pulumi.String(d.Memory)}
	limits := pulumi.StringMap{"memory": pulumi.String(d.Memory)}
	if d.GPU != nil {
		count := pulumi.String(strconv.Itoa(d.GPU.Count))
		requests[gpuResource], limits[gpuResource] = count, count
	}
	return &corev1.ResourceRequirementsArgs{Requests: requests, Limits: limits}
}
