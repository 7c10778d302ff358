package azure

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// sandboxID is the subscription, tenant and client of the sandbox, unless the
// configuration names others.
const sandboxID = "00000000-0000-0000-0000-000000000000"

// configKeys are what the azure-native provider 2.88.0 is configured with, and
// the version that the SDK adds.
var configKeys = []resource.PropertyKey{
	"auxiliaryTenantIds", "clientCertificatePassword", "clientCertificatePath", "clientId", "clientSecret",
	"disablePulumiPartnerId", "environment", "location", "metadataHost", "msiEndpoint", "oidcRequestToken",
	"oidcRequestUrl", "oidcToken", "partnerId", "subscriptionId", "tenantId", "useMsi", "useOidc",
	"version",
}

// config is what a provider is configured with. The sandbox has no use for
// credentials.
type config struct {
	subscription, tenant, client string
	// location is the default for resources that state none.
	location string
}

// readConfig reads the configuration, then the environment, like the
// azure-native provider.
func readConfig(inputs resource.PropertyMap) config {
	read := func(key resource.PropertyKey, variable, otherwise string) string {
		given := ""
		if value := bare(inputs[key]); value.IsString() {
			given = value.StringValue()
		}
		return cmp.Or(given, os.Getenv(variable), otherwise)
	}
	return config{
		subscription: read("subscriptionId", "ARM_SUBSCRIPTION_ID", sandboxID),
		tenant:       read("tenantId", "ARM_TENANT_ID", sandboxID),
		client:       read("clientId", "ARM_CLIENT_ID", sandboxID),
		location:     read("location", "ARM_LOCATION", ""),
	}
}

// CheckConfig refuses settings that the azure-native provider does not know.
func (p *Provider) CheckConfig(_ context.Context, req plugin.CheckConfigRequest) (plugin.CheckConfigResponse, error) {
	var failures []plugin.CheckFailure
	for _, key := range req.News.StableKeys() {
		if !slices.Contains(configKeys, key) {
			failures = append(failures, plugin.CheckFailure{Property: key, Reason: fmt.Sprintf("unknown setting %q of the provider", key)})
		}
	}
	return plugin.CheckConfigResponse{Properties: req.News, Failures: failures}, nil
}

// DiffConfig never replaces a provider: its resources keep their ids.
func (p *Provider) DiffConfig(_ context.Context, req plugin.DiffConfigRequest) (plugin.DiffConfigResponse, error) {
	diff := req.OldInputs.Diff(req.NewInputs)
	if diff == nil {
		return plugin.DiffResult{Changes: plugin.DiffNone}, nil
	}
	return plugin.DiffResult{Changes: plugin.DiffSome, DetailedDiff: plugin.NewDetailedDiffFromObjectDiff(diff, true)}, nil
}
