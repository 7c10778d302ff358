// Package gcp is the sandbox's Google Cloud: the Pulumi Terraform bridge over
// Google's own Terraform provider, whose requests to Google are answered by the
// package rest in the same process.
//
// Everything up to the requests and after the answers is the provider's own
// code: schemas, validation, default values, differences, what forces a
// replacement, the bodies of requests, the order of the calls that an update is
// made of, and what of an answer becomes an output. Only where that code waits
// for Google's copies to agree does ours stand in for it: see [member], [account]
// and [bucket].
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
	upstream := &schema.Provider{
		Schema:               configSchema(),
		ConfigureContextFunc: configure(home),
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
		upstream.ResourcesMap[k.tfType] = k.resource
		info.Resources[k.tfType] = &tfbridge.ResourceInfo{
			Tok:              k.token(),
			Fields:           fields(k),
			UniqueNameFields: k.uniqueNames,
		}
	}
	info.P = sdkv2.NewProvider(upstream)
	info.SetAutonaming(autonameLength, "-")
	return info
}

// fields are the overrides of the bridge's own rules. The labels that the
// provider puts on a resource have another name in Pulumi.
func fields(k kind) map[string]*tfbridge.SchemaInfo {
	overrides := maps.Clone(k.fields)
	if overrides == nil {
		overrides = map[string]*tfbridge.SchemaInfo{}
	}
	if _, found := k.resource.Schema["terraform_labels"]; found {
		overrides["terraform_labels"] = &tfbridge.SchemaInfo{Name: "pulumiLabels"}
	}
	return overrides
}
