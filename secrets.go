package main

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// readSecrets gives the values of keys of the stack file, which are there once it
// is loaded. They stay secret wherever they go: in the state, and in what the
// engine prints.
func readSecrets(ctx *pulumi.Context, keys []string) map[string]pulumi.StringInput {
	secrets := map[string]pulumi.StringInput{}
	for _, key := range keys {
		value, _ := ctx.GetConfig(ctx.Project() + ":" + key)
		secrets[key] = pulumi.ToSecret(pulumi.String(value)).(pulumi.StringOutput)
	}
	return secrets
}
