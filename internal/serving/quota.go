package serving

import (
	"slices"
	"strconv"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/topology"
)

// maxPods is how many pods Kubernetes supports in a namespace: see
// github.com/kubernetes/community/blob/master/sig-scalability/configs-and-limits/thresholds.md.
const maxPods = 3000

// quotaArgs bound what a tenant's namespace may have: no more pods than Kubernetes
// supports, accelerators only for models that need them, and neither disks nor load
// balancers beside the program's.
//
// How many replicas a tenant has is bounded by its autoscalers. No bound here depends
// on the sizes and numbers of its replicas. A quota is changed before the replicas
// are: one that fits what is to come would forbid each new replica as long as
// larger, or more, old ones still run.
func quotaArgs(space namespace, stack map[string]string, deployments []topology.Deployment, gpus int) *corev1.ResourceQuotaArgs {
	if !slices.ContainsFunc(deployments, func(d topology.Deployment) bool { return d.GPU != nil }) {
		gpus = 0
	}
	return &corev1.ResourceQuotaArgs{
		Metadata: &metav1.ObjectMetaArgs{
			Name:      pulumi.String("namespace.quota"), // no workload has a dot in its name
			Namespace: pulumi.String(space.name),
			Labels:    pulumi.ToStringMap(space.labels(stack)),
		},
		Spec: &corev1.ResourceQuotaSpecArgs{Hard: pulumi.StringMap{
			"pods":                    pulumi.String(strconv.Itoa(maxPods)),
			"requests." + gpuResource: pulumi.String(strconv.Itoa(gpus)),
			"persistentvolumeclaims":  pulumi.String("0"),
			"services.loadbalancers":  pulumi.String("0"),
			"services.nodeports":      pulumi.String("0"),
		}},
	}
}

// in are the deployments of a namespace.
func (n namespace) in(deployments []topology.Deployment) []topology.Deployment {
	var own []topology.Deployment
	for _, d := range deployments {
		if d.Namespace == n.name {
			own = append(own, d)
		}
	}
	return own
}
