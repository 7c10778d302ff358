package gcp

import (
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/hashicorp/terraform-provider-google-beta/google-beta/services/resourcemanager"
	"github.com/hashicorp/terraform-provider-google-beta/google-beta/tpgresource"
	transport "github.com/hashicorp/terraform-provider-google-beta/google-beta/transport"
	"google.golang.org/api/iam/v1"
)

// account is the provider's resource of a service account. Its creation waits
// for ten seconds, because Google's accounts take time to be known everywhere.
// The sandbox's do not: this one sends the same request and does not wait.
func account() *schema.Resource {
	resource := resourcemanager.ResourceGoogleServiceAccount()
	//lint:ignore SA1019 the provider uses the old form
	read := resource.Read
	//lint:ignore SA1019 as above
	resource.Create = func(d *schema.ResourceData, meta any) error {
		config := meta.(*transport.Config)
		project, err := tpgresource.GetProject(d, config)
		if err != nil {
			return err
		}
		made, err := config.NewIamClient(config.UserAgent).Projects.ServiceAccounts.Create("projects/"+project, &iam.CreateServiceAccountRequest{
			AccountId: d.Get("account_id").(string),
			ServiceAccount: &iam.ServiceAccount{
				DisplayName: d.Get("display_name").(string),
				Description: d.Get("description").(string),
			},
		}).Do()
		if err != nil {
			return err
		}
		d.SetId(made.Name)
		return read(d, meta)
	}
	return resource
}
