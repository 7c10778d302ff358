package gcp

import (
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
}

// token is the Pulumi type: gcp:compute/network:Network.
func (k kind) token() tokens.Type {
	first := string(unicode.ToLower(rune(k.name[0])))
	return tokens.Type(Name + ":" + k.module + "/" + first + k.name[1:] + ":" + k.name)
}

// lowerCase is the kind as pulumi-gcp names those whose names are parts of URLs.
func (k kind) lowerCase() kind {
	k.fields = map[string]*tfbridge.SchemaInfo{
		"name": tfbridge.AutoNameWithCustomOptions("name", tfbridge.AutoNameOptions{
			Separator: "-",
			Maxlen:    63,
			Randlen:   7,
			Transform: strings.ToLower,
		}),
	}
	return k
}
