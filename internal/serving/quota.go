package serving

import (
	"fmt"
	"strconv"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"k8s.io/apimachinery/pkg/api/resource"

	"ai-serving/internal/topology"
)

// shortestRolloutSeconds is the time between two new versions that the quota has room
// for.
const shortestRolloutSeconds = 600

// generations is how many versions of all replicas may be there at once: those that
// serve, and those that still finish their responses, which a rollout does not wait
// for.
func generations(d topology.Deployment) int {
	return 1 + (d.Workload.Timeouts.Grace+shortestRolloutSeconds-1)/shortestRolloutSeconds
}

// quotaArgs bound what a tenant's namespace may ask for: what its replicas need at
// the most, while they are being replaced. Every pod in it has to state what it
// needs, so that none needs defaults. It is an error if a quantity is none.
func quotaArgs(space namespace, stack map[string]string, deployments []topology.Deployment) (*corev1.ResourceQuotaArgs, error) {
	var cpu, memory resource.Quantity
	pods, gpus := 0, 0
	for _, d := range deployments {
		replicas := generations(d) * d.MaxReplicas
		if err := addTimes(&cpu, d.CPU, replicas); err != nil {
			return nil, fmt.Errorf("workload %q: CPU: %w", d.Workload.Key, err)
		}
		if err := addTimes(&memory, d.Memory, replicas); err != nil {
			return nil, fmt.Errorf("workload %q: memory: %w", d.Workload.Key, err)
		}
		pods += replicas
		if d.GPU != nil {
			gpus += replicas * d.GPU.Count
		}
	}
	hard := pulumi.StringMap{
		"pods":            pulumi.String(strconv.Itoa(pods)),
		"requests.cpu":    pulumi.String(cpu.String()),
		"requests.memory": pulumi.String(memory.String()),
		"limits.memory":   pulumi.String(memory.String()),
		// None, unless the models need some.
		"requests." + gpuResource: pulumi.String(strconv.Itoa(gpus)),
	}
	return &corev1.ResourceQuotaArgs{
		Metadata: &metav1.ObjectMetaArgs{
			Name:      pulumi.String("namespace.quota"), // no workload has a dot in its name
			Namespace: pulumi.String(space.name),
			Labels:    pulumi.ToStringMap(space.labels(stack)),
		},
		Spec: &corev1.ResourceQuotaSpecArgs{Hard: hard},
	}, nil
}

// addTimes adds so many times a quantity.
func addTimes(sum *resource.Quantity, text string, times int) error {
	quantity, err := resource.ParseQuantity(text)
	if err != nil {
		return err
	}
	quantity.Mul(int64(times))
	sum.Add(quantity)
	return nil
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
