package serving

import (
	"fmt"
	"strconv"

	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/naming"
	"ai-serving/internal/topology"
)

// servicePort is the Service's own. Load balancers do not see it: they reach
// the pods themselves, on the port that is served.
const servicePort = 80

// serviceArgs make GKE keep network endpoint groups of the pods, one per zone.
// See cloud.google.com/kubernetes-engine/docs/how-to/standalone-neg.
func serviceArgs(d topology.Deployment, group pulumi.StringOutput) *corev1.ServiceArgs {
	meta := metadata(d)
	meta.Annotations = pulumi.StringMap{
		"cloud.google.com/neg": pulumi.JSONMarshal(map[string]any{
			"exposed_ports": map[string]any{
				strconv.Itoa(servicePort): map[string]any{"name": group},
			},
		}),
		// GKE writes the status as soon as it has seen the Service, before it makes
		// the groups: see syncNegStatusAnnotation in
		// github.com/kubernetes/ingress-gce/pkg/neg/controller.go. From then on pods
		// get a readiness gate.
		"pulumi.com/waitFor": pulumi.String("jsonpath={.metadata.annotations['cloud.google.com/neg-status']}"),
	}
	return &corev1.ServiceArgs{
		Metadata: meta,
		Spec: &corev1.ServiceSpecArgs{
			Type:     pulumi.String("ClusterIP"),
			Selector: selected(d),
			Ports: corev1.ServicePortArray{corev1.ServicePortArgs{
				Name:       pulumi.String(portName),
				Port:       pulumi.Int(servicePort),
				TargetPort: pulumi.String(portName),
				Protocol:   pulumi.String("TCP"),
			}},
		},
	}
}

// maxEndpointGroupName leaves room for what GKE may add to the names of network
// endpoint groups.
const maxEndpointGroupName = 56

// endpointGroup is the name of a workload's endpoint groups, one in each zone.
// GKE does not take over a group that another cluster has made, not even the
// one that this cluster replaces: the name has the cluster's in it.
func endpointGroup(cluster pulumi.StringInput, workload string) pulumi.StringOutput {
	return cluster.ToStringOutput().ApplyT(func(cluster string) string {
		return naming.Join(maxEndpointGroupName, cluster, workload)
	}).(pulumi.StringOutput)
}

// endpointGroupLink is the self-link of the group of a zone, known when the
// Deployment is ready: then GKE has made it.
func endpointGroupLink(ready *appsv1.Deployment, project, zone string, group pulumi.StringOutput) pulumi.StringOutput {
	return pulumi.All(ready.ID(), group).ApplyT(func(values []any) string {
		return fmt.Sprintf("https://www.googleapis.com/compute/v1/projects/%s/zones/%s/networkEndpointGroups/%s", project, zone, values[1])
	}).(pulumi.StringOutput)
}
