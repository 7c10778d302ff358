// Package podidentity lets pods of GKE clusters act in the project as themselves, by
// Workload Identity Federation: each service account of Kubernetes is a principal of
// IAM. Pods of the same namespace and account are the same principal in all clusters of
// a project.
// See docs.cloud.google.com/kubernetes-engine/docs/how-to/workload-identity.
package podidentity

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/projects"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/storage"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/gcp/metricsadapter"
	"ai-serving/internal/topology"
)

// Type is the component's type token.
const Type = "ai-serving:gcp:PodIdentity"

// Args say which pods may do what.
type Args struct {
	Project pulumi.StringInput
	// ProjectID and ProjectNumber are in the names of principals.
	ProjectID     string
	ProjectNumber int64
	// Readers may read the objects of one bucket each.
	Readers []topology.Reader
	// ByMetric lets the adapter of custom metrics read metrics.
	ByMetric bool
	// Clusters come first: IAM knows the project's principals only when it has a
	// cluster, and refuses them before ("Identity Pool does not exist").
	// See github.com/googleforgames/global-multiplayer-demo/issues/39.
	Clusters []pulumi.Resource
}

// PodIdentity is what pods may do in the project.
type PodIdentity struct {
	pulumi.ResourceState

	// Weights let the pods of a workload read their weights; by the workload's key.
	Weights map[string]pulumi.Resource
	// Metrics lets the adapter read metrics; nil where there is none.
	Metrics pulumi.Resource
}

// New registers the grants.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*PodIdentity, error) {
	p := &PodIdentity{Weights: map[string]pulumi.Resource{}}
	if err := ctx.RegisterComponentResource(Type, name, p, opts...); err != nil {
		return nil, fmt.Errorf("pod identity %q: %w", name, err)
	}
	own := []pulumi.ResourceOption{pulumi.Parent(p), pulumi.DependsOn(args.Clusters)}
	for _, reader := range args.Readers {
		grant, err := storage.NewBucketIAMMember(ctx, name+"-"+reader.Account+"-weights", &storage.BucketIAMMemberArgs{
			Bucket: pulumi.String(reader.Bucket),
			Role:   pulumi.String("roles/storage.objectViewer"),
			Member: pulumi.String(args.principal(reader.Namespace, reader.Account)),
		}, own...)
		if err != nil {
			return nil, fmt.Errorf("pod identity %q: workload %q: %w", name, reader.Account, err)
		}
		p.Weights[reader.Account] = grant
	}
	if args.ByMetric {
		grant, err := projects.NewIAMMember(ctx, name+"-metrics-adapter", &projects.IAMMemberArgs{
			Project: args.Project,
			Role:    pulumi.String("roles/monitoring.viewer"),
			Member:  pulumi.String(args.principal(metricsadapter.Namespace, metricsadapter.Account)),
		}, own...)
		if err != nil {
			return nil, fmt.Errorf("pod identity %q: adapter of metrics: %w", name, err)
		}
		p.Metrics = grant
	}
	return p, ctx.RegisterResourceOutputs(p, pulumi.Map{})
}

// principal is a service account of Kubernetes, as IAM names it.
func (a Args) principal(namespace, account string) string {
	return fmt.Sprintf("principal://iam.googleapis.com/projects/%d/locations/global/workloadIdentityPools/%s.svc.id.goog/subject/ns/%s/sa/%s",
		a.ProjectNumber, a.ProjectID, namespace, account)
}
