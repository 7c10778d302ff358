package gcp

import (
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/hashicorp/terraform-provider-google-beta/google-beta/services/storage"
	transport "github.com/hashicorp/terraform-provider-google-beta/google-beta/transport"
)

// bucket is the provider's resource of a bucket. It asks again for one that is not
// found, for 20 minutes in a refresh, because Google's buckets take time to be
// known everywhere. The sandbox's do not: this one asks once before.
func bucket() *schema.Resource {
	resource := storage.ResourceStorageBucket()
	//lint:ignore SA1019 the provider uses the old form
	read := resource.Read
	//lint:ignore SA1019 as above
	resource.Read = func(d *schema.ResourceData, meta any) error {
		config := meta.(*transport.Config)
		_, err := config.NewStorageClient(config.UserAgent).Buckets.Get(d.Get("name").(string)).Do()
		if transport.IsGoogleApiErrorWithCode(err, 404) {
			d.SetId("")
			return nil
		}
		return read(d, meta)
	}
	return resource
}
