package gcp

import (
	"context"
	"errors"
	"net/http"

	"github.com/hashicorp/terraform-plugin-sdk/v2/diag"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	transport "github.com/hashicorp/terraform-provider-google-beta/google-beta/transport"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"

	"ai-serving/sandbox/gcp/rest"
)

var errNoSandbox = errors.New("SANDBOX_HOME is not set: this is the sandbox's gcp plugin, run pulumi as sandbox/pulumi")

// configSchema is the provider's configuration as far as it means something to
// a sandbox: what resources default to. Credentials are taken and not used.
// Endpoints, batching and quota projects, which are about calls to Google, are
// unknown and so refused.
func configSchema() map[string]*schema.Schema {
	text := func() *schema.Schema { return &schema.Schema{Type: schema.TypeString, Optional: true} }
	return map[string]*schema.Schema{
		"project":                         text(),
		"region":                          text(),
		"zone":                            text(),
		"credentials":                     text(),
		"access_token":                    text(),
		"impersonate_service_account":     text(),
		"default_labels":                  {Type: schema.TypeMap, Optional: true, Elem: &schema.Schema{Type: schema.TypeString}},
		"add_terraform_attribution_label": {Type: schema.TypeBool, Optional: true},
		"terraform_attribution_label_addition_strategy": text(),
	}
}

// configInfo says where the configuration comes from when a program does not
// give it.
func configInfo() map[string]*tfbridge.SchemaInfo {
	from := func(variables ...string) *tfbridge.SchemaInfo {
		return &tfbridge.SchemaInfo{Default: &tfbridge.DefaultInfo{EnvVars: variables}}
	}
	return map[string]*tfbridge.SchemaInfo{
		"project":      from("GOOGLE_PROJECT", "GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT", "CLOUDSDK_CORE_PROJECT"),
		"region":       from("GOOGLE_REGION", "GCLOUD_REGION", "CLOUDSDK_COMPUTE_REGION"),
		"zone":         from("GOOGLE_ZONE", "GCLOUD_ZONE", "CLOUDSDK_COMPUTE_ZONE"),
		"access_token": {Secret: tfbridge.True()},
		"credentials":  {Secret: tfbridge.True()},
	}
}

// configure makes what the provider's own code asks for its configuration. Its
// HTTP client never leaves the process: [rest.Server] answers. Requests are not
// collected into batches, for which the provider would wait.
func configure(home string) schema.ConfigureContextFunc {
	return func(ctx context.Context, d *schema.ResourceData) (any, diag.Diagnostics) {
		if home == "" {
			return nil, diag.FromErr(errNoSandbox)
		}
		server, err := rest.New(home)
		if err != nil {
			return nil, diag.FromErr(err)
		}
		ctx = context.WithoutCancel(ctx)
		batching := &transport.BatchingConfig{}
		config := &transport.Config{
			Project:                      d.Get("project").(string),
			Region:                       d.Get("region").(string),
			Zone:                         d.Get("zone").(string),
			DefaultLabels:                map[string]string{},
			AddTerraformAttributionLabel: d.Get("add_terraform_attribution_label").(bool),
			TerraformAttributionLabelAdditionStrategy: transport.CreateOnlyAttributionStrategy,
			Context:                    ctx,
			Client:                     &http.Client{Transport: server},
			BatchingConfig:             batching,
			RequestBatcherServiceUsage: transport.NewRequestBatcher("Service Usage", ctx, batching),
			RequestBatcherIam:          transport.NewRequestBatcher("IAM", ctx, batching),
		}
		if strategy := d.Get("terraform_attribution_label_addition_strategy").(string); strategy != "" {
			config.TerraformAttributionLabelAdditionStrategy = strategy
		}
		for label, value := range d.Get("default_labels").(map[string]any) {
			config.DefaultLabels[label] = value.(string)
		}
		transport.ConfigureBasePaths(config)
		return config, nil
	}
}
