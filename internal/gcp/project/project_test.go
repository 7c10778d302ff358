package project

import (
	"slices"
	"testing"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/serviceaccount"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/testkit"
)

func TestWhatTakesTheProjectWaitsForItsAPIs(t *testing.T) {
	t.Parallel()
	for name, dryRun := range map[string]bool{"update": false, "preview": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			recording, err := testkit.Run(testkit.Program{Project: "ai-serving", Stack: "test", DryRun: dryRun}, func(ctx *pulumi.Context) error {
				project, err := New(ctx, "google", Args{Project: "acme"})
				if err != nil {
					return err
				}
				_, err = serviceaccount.NewAccount(ctx, "dependent", &serviceaccount.AccountArgs{
					Project: project.ID, AccountId: pulumi.String("dependent"),
				}, pulumi.Parent(project))
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			dependent, _ := recording.Find("gcp:serviceaccount/account:Account", "dependent")
			if got := dependent.Inputs.Mappable()["project"]; got != "acme" {
				t.Errorf("the project is %v", got)
			}
			services := recording.OfType("gcp:projects/service:Service")
			if len(services) != len(apis) {
				t.Errorf("%d APIs are enabled, want %d", len(services), len(apis))
			}
			for _, service := range services {
				if !slices.Contains(dependent.Dependencies, service.URN) {
					t.Errorf("nothing makes it wait for %s", service.Name)
				}
			}
		})
	}
}

func TestAPIsOutliveTheStack(t *testing.T) {
	t.Parallel()
	recording, err := testkit.Run(testkit.Program{Project: "ai-serving", Stack: "test"}, func(ctx *pulumi.Context) error {
		_, err := New(ctx, "google", Args{Project: "acme"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, service := range recording.OfType("gcp:projects/service:Service") {
		if disable, ok := service.Inputs.Mappable()["disableOnDestroy"].(bool); !ok || disable {
			t.Errorf("destroying the stack disables %s", service.Name)
		}
	}
}
