package globallb

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/storage"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// How long static content is kept, in seconds.
const (
	hour = 60 * 60
	day  = 24 * hour
)

// newStatic registers the bucket of static content behind the content delivery
// network, and returns the URL of the backend bucket.
//
// The bucket stays private, as the policies of many organisations demand: the
// load balancer reads it as its own service account, which a project gets with
// its first backend bucket. The role must list objects, or what does not exist
// is answered with 403 in place of 404.
// https://cloud.google.com/cdn/docs/configure-private-bucket-access
func newStatic(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (pulumi.StringOutput, error) {
	name += "-static"
	bucket, err := storage.NewBucket(ctx, name, bucketArgs(args), append(opts, pulumi.Protect(args.Protect))...)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("bucket: %w", err)
	}
	backend, err := compute.NewBackendBucket(ctx, name, backendBucketArgs(args, bucket.Name), opts...)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("backend bucket: %w", err)
	}
	_, err = storage.NewBucketIAMMember(ctx, name, &storage.BucketIAMMemberArgs{
		Bucket: bucket.Name,
		Role:   pulumi.String("roles/storage.objectViewer"),
		Member: pulumi.Sprintf("serviceAccount:service-%d@https-lb.iam.gserviceaccount.com", bucket.ProjectNumber),
	}, append(opts, pulumi.DependsOn([]pulumi.Resource{backend}))...)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("access to the bucket: %w", err)
	}
	return backend.SelfLink, nil
}

func bucketArgs(args Args) *storage.BucketArgs {
	return &storage.BucketArgs{
		Project:                  args.Project,
		Location:                 pulumi.String(args.StaticLocation),
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
