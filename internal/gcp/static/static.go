// Package static is the static content of a project: a private bucket behind the content
// delivery network of the global load balancer.
package static

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/storage"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Type is the component's type token.
const Type = "ai-serving:gcp:Static"

// How long static content is kept, in seconds.
const (
	hour = 60 * 60
	day  = 24 * hour
)

// Args describe the content.
type Args struct {
	Project pulumi.StringInput
	// Location is where the bucket is kept.
	Location string
	Labels   map[string]string
	// Protect guards the bucket, and what is in it, against deletion.
	Protect bool
}

// Static is the content.
type Static struct {
	pulumi.ResourceState

	// Backend is the URL of the backend bucket, for the load balancer's URL map.
	Backend pulumi.StringOutput
	// ProjectNumber is the number of the project, which Cloud Storage tells of a bucket.
	ProjectNumber pulumi.IntOutput
}

// New registers the content.
//
// The bucket stays private, as the policies of many organisations demand: the
// load balancer reads it as its own service account, which a project gets with
// its first backend bucket. The role must list objects, or what does not exist
// is answered with 403 in place of 404.
// https://cloud.google.com/cdn/docs/configure-private-bucket-access
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Static, error) {
	s := &Static{}
	if err := ctx.RegisterComponentResource(Type, name, s, opts...); err != nil {
		return nil, fmt.Errorf("static content %q: %w", name, err)
	}
	child := pulumi.Parent(s)
	bucket, err := storage.NewBucket(ctx, name, bucketArgs(args), child, pulumi.Protect(args.Protect))
	if err != nil {
		return nil, fmt.Errorf("static content %q: bucket: %w", name, err)
	}
	backend, err := compute.NewBackendBucket(ctx, name, backendBucketArgs(args, bucket.Name), child)
	if err != nil {
		return nil, fmt.Errorf("static content %q: backend bucket: %w", name, err)
	}
	_, err = storage.NewBucketIAMMember(ctx, name, &storage.BucketIAMMemberArgs{
		Bucket: bucket.Name,
		Role:   pulumi.String("roles/storage.objectViewer"),
		Member: pulumi.Sprintf("serviceAccount:service-%d@https-lb.iam.gserviceaccount.com", bucket.ProjectNumber),
	}, child, pulumi.DependsOn([]pulumi.Resource{backend}))
	if err != nil {
		return nil, fmt.Errorf("static content %q: access to the bucket: %w", name, err)
	}
	s.Backend, s.ProjectNumber = backend.SelfLink, bucket.ProjectNumber
	return s, ctx.RegisterResourceOutputs(s, pulumi.Map{"backend": s.Backend})
}

func bucketArgs(args Args) *storage.BucketArgs {
	return &storage.BucketArgs{
		Project:                  args.Project,
		Location:                 pulumi.String(args.Location),
		UniformBucketLevelAccess: pulumi.Bool(true),
		PublicAccessPrevention:   pulumi.String("enforced"),
		// A bucket with objects is not deleted otherwise.
		ForceDestroy: pulumi.Bool(!args.Protect),
		Labels:       pulumi.ToStringMap(args.Labels),
	}
}

func backendBucketArgs(args Args, bucket pulumi.StringInput) *compute.BackendBucketArgs {
	return &compute.BackendBucketArgs{
		Project:         args.Project,
		BucketName:      bucket,
		EnableCdn:       pulumi.Bool(true),
		CompressionMode: pulumi.String("AUTOMATIC"),
		CdnPolicy: &compute.BackendBucketCdnPolicyArgs{
			// The other modes keep no object of a private bucket: Cloud Storage says
			// "private" of all that not everybody may read.
			// See cloud.google.com/cdn/docs/caching#cache-modes.
			CacheMode:       pulumi.String("FORCE_CACHE_ALL"),
			ClientTtl:       pulumi.Int(hour),
			DefaultTtl:      pulumi.Int(hour),
			ServeWhileStale: pulumi.Int(day),
			NegativeCaching: pulumi.Bool(true),
		},
	}
}
