package trafficmanager

import (
	"os"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/config"
	"ai-serving/internal/testkit"
	"ai-serving/internal/testkit/stackfile"
	"ai-serving/internal/topology"
)

// prod resolves the stack of that name with another way of routing, in the form
// of the stack file.
func prod(t *testing.T, traffic string) topology.Topology {
	t.Helper()
	text, err := os.ReadFile("../../../Pulumi.prod.yaml")
	if err != nil {
		t.Fatal(err)
	}
	const before = "    tls: certificates\n"
	file, err := stackfile.ReadIn("../../..", "prod", strings.Replace(string(text), before, before+"    traffic: "+traffic+"\n", 1))
	if err != nil {
		t.Fatal(err)
	}
	settings, err := config.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := topology.Resolve("ai-serving", "prod", settings)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func TestAStackRegistersItsProfiles(t *testing.T) {
	t.Parallel()
	for name, traffic := range map[string]string{
		"nested":    "{nested: true, routing: weighted, places: {azure: {weight: 3}, gcp: {weight: 1}}}",
		"external":  "{endpoints: external, failover: standard}",
		"addresses": "{endpoints: addresses, routing: multivalue}",
		"health":    "{healthModels: [chat, embed]}",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plan := prod(t, traffic)
			args := Args{
				Location: plan.Azure[0].Name, Labels: plan.Labels, HealthHost: plan.HealthHost,
				Profiles: plan.Profiles, Failover: plan.Failover,
				Gateways:  map[string]Frontend{},
				Balancers: map[topology.Place]pulumi.StringInput{global: pulumi.String("address of the global load balancer")},
			}
			for _, region := range plan.Azure {
				for _, made := range region.Gateways {
					args.Gateways[made.Name] = frontend(made.Name, "address of "+made.Name)
				}
			}
			for _, region := range plan.GCP.Regions {
				args.Balancers[topology.Place{Cloud: topology.GCloud, Region: region.Name}] = pulumi.String("address of " + region.Name)
			}
			inventory, err := record(t, args).Inventory()
			if err != nil {
				t.Fatal(err)
			}
			testkit.Golden(t, name, inventory)
		})
	}
}
