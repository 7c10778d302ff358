package testkit

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

var program = Program{
	Project: "ai-serving", Stack: "test",
	Config:  map[string]string{"gcp:project": "acme-dev", "ai-serving:key": "hunter2"},
	Secrets: []string{"ai-serving:key"},
}

type address struct {
	pulumi.CustomResourceState

	Address pulumi.StringOutput `pulumi:"address"`
	Name    pulumi.StringOutput `pulumi:"name"`
}

const addressType = "gcp:compute/globalAddress:GlobalAddress"

// reserve registers an address under a component.
func reserve(ctx *pulumi.Context, inputs pulumi.Map, opts ...pulumi.ResourceOption) (*address, error) {
	var edge pulumi.ResourceState
	if err := ctx.RegisterComponentResource("ai-serving:test:Edge", "edge", &edge); err != nil {
		return nil, err
	}
	var reserved address
	return &reserved, ctx.RegisterResource(addressType, "front", inputs, &reserved, append(opts, pulumi.Parent(&edge))...)
}

func TestInventory(t *testing.T) {
	t.Parallel()
	for name, dryRun := range map[string]bool{"up": false, "preview": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			program := program
			program.DryRun = dryRun
			recording, err := Run(program, func(ctx *pulumi.Context) error {
				reserved, err := reserve(ctx, pulumi.Map{"description": pulumi.ToSecret(pulumi.String("hunter2"))},
					pulumi.Protect(true), pulumi.IgnoreChanges([]string{"labels"}),
					pulumi.Timeouts(&pulumi.CustomTimeouts{Create: "5m"}))
				if err != nil {
					return err
				}
				ctx.Export("ip", reserved.Address)
				ctx.Export("name", reserved.Name)
				ctx.Export("token", pulumi.ToSecret(pulumi.String("hunter2")))
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			text, err := recording.Inventory()
			if err != nil {
				t.Fatal(err)
			}
			Golden(t, name, text)
			if found := Violations(recording); len(found) > 0 {
				t.Errorf("violations: %q", found)
			}
		})
	}
}

func TestRunFails(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	for name, test := range map[string]struct {
		body pulumi.RunFunc
		want string
	}{
		"with the program": {
			body: func(*pulumi.Context) error { return broken },
			want: "broken",
		},
		"on a URN that is taken": {
			body: func(ctx *pulumi.Context) error {
				var one, other pulumi.ResourceState
				return errors.Join(
					ctx.RegisterComponentResource("ai-serving:test:Edge", "edge", &one),
					ctx.RegisterComponentResource("ai-serving:test:Edge", "edge", &other))
			},
			want: "duplicate URN urn:pulumi:test::ai-serving::ai-serving:test:Edge::edge",
		},
		"on a type without outputs": {
			body: func(ctx *pulumi.Context) error {
				var unknown pulumi.CustomResourceState
				return ctx.RegisterResource("gcp:sql/databaseInstance:DatabaseInstance", "db", nil, &unknown)
			},
			want: `gcp:sql/databaseInstance:DatabaseInstance "db": no outputs are known for this type`,
		},
		"on an input that the id needs": {
			body: func(ctx *pulumi.Context) error {
				var regional pulumi.CustomResourceState
				return ctx.RegisterResource("gcp:compute/address:Address", "front", nil, &regional)
			},
			want: `gcp:compute/address:Address "front": no input "region"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Run(program, test.body)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want one with %q", err, test.want)
			}
		})
	}
}

func TestViolations(t *testing.T) {
	t.Parallel()
	recording, err := Run(program, func(ctx *pulumi.Context) error {
		var stray, object, provider, bucket pulumi.CustomResourceState
		var owner pulumi.ResourceState
		if err := ctx.RegisterComponentResource("ai-serving:test:Owner", "owner", &owner); err != nil {
			return err
		}
		child := pulumi.Parent(&owner)
		return errors.Join(
			ctx.RegisterResource(addressType, "stray", nil, &stray),
			ctx.RegisterResource("kubernetes:core/v1:Namespace", "pool", pulumi.Map{"metadata": pulumi.Map{"name": pulumi.String("pool")}}, &object, child),
			ctx.RegisterResource("pulumi:providers:kubernetes", "gke", pulumi.Map{"kubeconfig": pulumi.String("{}")}, &provider, child),
			ctx.RegisterResource("gcp:storage/bucket:Bucket", strings.Repeat("b", 55), pulumi.Map{"location": pulumi.String("hunter2")}, &bucket, child),
		)
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"stray (gcp:compute/globalAddress:GlobalAddress): does not descend from a component",
		"test:Owner owner/" + strings.Repeat("b", 55) + " (gcp:storage/bucket:Bucket): the name \"" +
			strings.Repeat("b", 55) + "xxxxxxxxx\" has 64 characters, of at most 63",
		"test:Owner owner/" + strings.Repeat("b", 55) + " (gcp:storage/bucket:Bucket): shows the secret ai-serving:key",
		"test:Owner owner/gke (pulumi:providers:kubernetes): kubeconfig is not secret",
		"test:Owner owner/pool (kubernetes:core/v1:Namespace): has no explicit provider",
	}
	if diff := cmp.Diff(want, Violations(recording)); diff != "" {
		t.Errorf("violations (-want +got):\n%s", diff)
	}
}
