// Package gcp is the sandbox's Google Cloud: the Pulumi Terraform bridge over
// Google's own Terraform provider, with a local store in place of the calls to
// Google.
//
// Everything that happens before a call is the provider's own code: schemas,
// validation, default values, differences, what forces a replacement, import.
// Only create, read, update and delete are replaced. They check what Google
// would refuse (names that are taken, references to what is not there, deletion
// of what is in use), give a resource its computed outputs, and store it.
//
// The code is that of google-beta, because that is the provider that
// pulumi-gcp wraps: its SDK has the beta properties, which the plain google
// provider does not know. The SDK's version 7.38.0 wraps google-beta 5.42, of
// which the newest version that can be had as a Go module is 5.34. What the
// SDK has beyond it is listed, and held to the list, in the package's tests; a
// program that sets such a property gets an error.
package gcp

import (
	"maps"

	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	sdkv2 "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
)

const (
	// Name is the name of the package in Pulumi.
	Name = "gcp"
	// Version is that of the SDK whose resources are served.
	Version = "7.38.0"

	// autonameLength is the longest name that pulumi-gcp makes where it sets no
	// other limit.
	autonameLength = 255
)

// Provider describes the sandbox's Google Cloud to the bridge. home is the
// directory of the sandbox; without one, the provider refuses to be configured.
func Provider(home string) tfbridge.ProviderInfo {
	cloud := newCloud(home)
	upstream := &schema.Provider{
		Schema:               configSchema(),
		ConfigureContextFunc: cloud.configure,
		ResourcesMap:         map[string]*schema.Resource{},
	}
	info := tfbridge.ProviderInfo{
		Name:           "google-beta",
		ResourcePrefix: "google",
		Version:        Version,
		Config:         configInfo(),
		Resources:      map[string]*tfbridge.ResourceInfo{},
		MetadataInfo:   tfbridge.NewProviderMetadata([]byte("{}")),
	}
	for _, k := range kinds() {
		resource := cloud.serve(k)
		upstream.ResourcesMap[k.tfType] = resource
		info.Resources[k.tfType] = &tfbridge.ResourceInfo{
			Tok:              k.token(),
			Fields:           fields(k, resource),
			UniqueNameFields: k.uniqueNames,
		}
	}
	info.P = sdkv2.NewProvider(upstream)
	info.SetAutonaming(autonameLength, "-")
	return info
}

// fields are the overrides of the bridge's own rules. The labels that the
// provider puts on a resource have another name in Pulumi.
func fields(k kind, resource *schema.Resource) map[string]*tfbridge.SchemaInfo {
	overrides := maps.Clone(k.fields)
	if overrides == nil {
		overrides = map[string]*tfbridge.SchemaInfo{}
	}
	if _, found := resource.Schema["terraform_labels"]; found {
		overrides["terraform_labels"] = &tfbridge.SchemaInfo{Name: "pulumiLabels"}
	}
	return overrides
}
