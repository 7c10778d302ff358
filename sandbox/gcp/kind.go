package gcp

import (
	"context"
	"strings"
	"unicode"

	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

// kind is a type of resource that the sandbox serves.
type kind struct {
	// tfType is the Terraform type: google_compute_network.
	tfType string
	// module and name make the Pulumi type: compute and Network.
	module, name string
	// resource is the provider's own.
	resource *schema.Resource

	// fields and uniqueNames are what pulumi-gcp overrides in the bridge.
	fields      map[string]*tfbridge.SchemaInfo
	uniqueNames []string

	// id is the template of the resource's id, in the provider's notation:
	// projects/{{project}}/global/networks/{{name}}. identify takes its place
	// where an id is not made of attributes alone.
	id       string
	identify func(*operation) (string, error)
	// parent is the template of the id of the resource that this one is a part
	// of. It has to exist, and takes this one with it when it goes.
	parent string
	// base is what goes before the id in a self link; "" for those that have
	// none or make their own.
	base string
	// api is the service that has to be enabled in the project.
	api string

	// defaults are what Google puts where nothing is given.
	defaults map[string]any
	// links are the collections that an attribute, wherever it is nested, may
	// refer to. The first one is where a bare name is looked up. Links in other
	// attributes may refer to anything that there is.
	links map[string][]string
	// shared says that to make one that exists is no error: to enable a service
	// or grant a role twice is to do it once.
	shared bool
	// loose says that what the resource refers to may go before it.
	loose bool

	// complete checks what is particular to this type and sets its computed
	// attributes, with the store locked, on create and update.
	complete func(*operation) error
	// provision makes true outside the store what the stored resource says;
	// retire takes it back. The store is not locked.
	provision func(context.Context, cloud, *operation) error
	retire    func(context.Context, cloud, *operation) error
	// remove checks what is particular to the deletion of this type, with the
	// store locked.
	remove func(*operation) error
}

// token is the Pulumi type: gcp:compute/network:Network.
func (k kind) token() tokens.Type {
	first := string(unicode.ToLower(rune(k.name[0])))
	return tokens.Type(Name + ":" + k.module + "/" + first + k.name[1:] + ":" + k.name)
}

// title is what Google's errors call the type: url_map, for regional and global
// ones alike.
func (k kind) title() string {
	title := strings.TrimPrefix(k.tfType, "google_")
	for _, prefix := range []string{"compute_", "region_", "global_", "managed_"} {
		title = strings.TrimPrefix(title, prefix)
	}
	return title
}
