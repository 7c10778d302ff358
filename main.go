// Package main deploys multi-tenant AI model serving on Azure and Google Cloud.
//
// A stack file becomes a topology, the topology becomes resources: configuration
// is loaded and resolved to plain values first, so that a stack with an error
// registers nothing, and the packages below only turn their part of the topology
// into resources.
package main

import (
	"cmp"
	"errors"
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/common/constant"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/config"
	"ai-serving/internal/topology"
)

func main() {
	var file config.File
	pulumi.Run(
		func(ctx *pulumi.Context) error { return tellRefusal(ctx, deploy(ctx, file)) },
		func(run *pulumi.RunInfo) {
			file = config.File{
				Project: run.Project, Stack: run.Stack, Values: run.Config, SecretKeys: run.ConfigSecretKeys,
				// An old language host does not say where the project is. It runs
				// the program there.
				Root: os.DirFS(cmp.Or(run.RootDirectory, ".")),
			}
		},
	)
}

// tellRefusal ends the program with the error of a stack file as it is. The SDK
// would put words of its own around it, and hand over outputs that are empty.
// Other errors are for the SDK.
func tellRefusal(ctx *pulumi.Context, err error) error {
	var refusal *config.Refusal
	if !errors.As(err, &refusal) {
		return err
	}
	if err := ctx.Log.Error(refusal.Error(), nil); err != nil {
		return err
	}
	os.Exit(constant.ExitStatusLoggedError)
	return nil
}

// deploy makes what the stack file asks for. Google's side comes first, because
// the Traffic Manager in Azure waits for all load balancers; the engine works on
// the rest of both at once.
func deploy(ctx *pulumi.Context, file config.File) error {
	settings, err := config.Load(file)
	if err != nil {
		return err
	}
	plan, err := topology.Resolve(file.Project, file.Stack, settings)
	if err != nil {
		return err
	}
	room, err := settingsLimit(file)
	if err != nil {
		return err
	}
	if err := warn(ctx, append(plan.Limits, room)); err != nil {
		return err
	}
	if err := warnOfUpgrades(ctx, plan); err != nil {
		return err
	}
	if err := warnOfSilence(ctx, plan); err != nil {
		return err
	}
	secrets := readSecrets(ctx, plan.Secrets)
	google, err := deployGoogle(ctx, plan, secrets)
	if err != nil {
		return err
	}
	azure, err := deployAzure(ctx, plan, google, secrets)
	if err != nil {
		return err
	}
	export(ctx, plan, azure, google)
	return nil
}
