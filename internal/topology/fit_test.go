package topology

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ai-serving/internal/machinetype"
)

func TestAReplicaThatFitsOnNoNodeOfItsPoolIsRefused(t *testing.T) {
	t.Parallel()
	const (
		chat     = "kubernetes: {cpu: 500m, memory: 1Gi, "
		ofVision = `kubernetes: {cpu: "4", memory: 16Gi, `
		oneL4    = "g2-standard-8, perNode: 1"
	)
	onL4 := func(tenant string, edits ...string) []string {
		return withVision("    hooli: "+tenant, append([]string{"g2-standard-24, perNode: 2", oneL4, "type: nvidia-l4, count: 2", "type: nvidia-l4, count: 1"}, edits...)...)
	}
	for name, test := range map[string]struct {
		edits []string
		want  []string
	}{
		"CPU": {
			[]string{chat, `kubernetes: {cpu: "4", memory: 1Gi, `},
			[]string{`ai-serving:models.chat.gcp.kubernetes.cpu: Invalid value: "4": a node of gcp/europe-west4 (e2-standard-4) has 3.92 CPU of 4 for pods, less 0.504 for GKE's own: at most "3416m" fits, or choose gcp.regions.europe-west4.nodes.machineType e2-standard-8 or larger`},
		},
		"memory": {
			[]string{chat, "kubernetes: {cpu: 500m, memory: 16Gi, "},
			[]string{`ai-serving:models.chat.gcp.kubernetes.memory: Invalid value: "16Gi": a node of gcp/europe-west4 (e2-standard-4) has 12.95 GiB of 16 for pods, less 0.93 for GKE's own: at most "12316Mi" fits, or choose gcp.regions.europe-west4.nodes.machineType e2-standard-8 or larger`},
		},
		"both, for which the type is chosen": {
			[]string{chat, `kubernetes: {cpu: "4", memory: 60Gi, `},
			[]string{
				`models.chat.gcp.kubernetes.cpu: Invalid value: "4": a node of gcp/europe-west4 (e2-standard-4)`, "nodes.machineType e2-standard-32 or larger",
				`models.chat.gcp.kubernetes.memory: Invalid value: "60Gi": a node of gcp/europe-west4 (e2-standard-4)`,
			},
		},
		"CPU beside an accelerator": {
			onL4("{models: [vision], regions: [gcp]}", ofVision, `kubernetes: {cpu: "8", memory: 16Gi, `),
			[]string{`ai-serving:models.vision.gcp.kubernetes.cpu: Invalid value: "8": a node of gcp/europe-west4 (g2-standard-8) has 7.91 CPU of 8 for pods, less 0.754 for GKE's own: at most "7156m" fits, or choose gcp.regions.europe-west4.gpus.nvidia-l4.machineType g2-standard-12 or larger`},
		},
		"memory beside an accelerator": {
			onL4("{models: [vision], regions: [gcp]}", ofVision, `kubernetes: {cpu: "4", memory: 200Gi, `),
			[]string{`models.vision.gcp.kubernetes.memory: Invalid value: "200Gi": a node of gcp/europe-west4 (g2-standard-8) has 27.72 GiB of 32 for pods, less 1.13 for GKE's own: at most "27224Mi" fits`},
		},
		"on nodes of a silo's own": {
			[]string{"isolation: bridge", "isolation: silo", "acme: {models: [chat, embed]", "acme: {models: [embed]", chat, `kubernetes: {cpu: "4", memory: 1Gi, `},
			[]string{`ai-serving:models.chat.gcp.kubernetes.cpu: Invalid value: "4": a node of gcp/europe-west4 (e2-standard-4)`},
		},
		"on accelerators of a silo's own": {
			onL4("{models: [vision], regions: [gcp], isolation: silo}", ofVision, `kubernetes: {cpu: "8", memory: 16Gi, `),
			[]string{`ai-serving:models.vision.gcp.kubernetes.cpu: Invalid value: "8": a node of gcp/europe-west4 (g2-standard-8)`},
		},
		"on a machine that GKE's own pods fill": {
			[]string{"cidr: 10.20.0.0/16,", "cidr: 10.20.0.0/16, nodes: {machineType: e2-micro, count: {min: 2, max: 6}},"},
			[]string{`models.chat.gcp.kubernetes.memory: Invalid value: "1Gi": a node of gcp/europe-west4 (e2-micro)`, "nothing fits"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := resolveDev(t, test.edits...)
			for _, want := range test.want {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("got error %v\nwant %q", err, want)
				}
			}
		})
	}
}

func TestAReplicaMayTakeTheWholeRoomOfANode(t *testing.T) {
	t.Parallel()
	dev(t, "kubernetes: {cpu: 500m, memory: 1Gi, ", "kubernetes: {cpu: 3416m, memory: 12316Mi, ")
}

// What is advised is accepted, and what is accepted fits.
func TestWhatIsRefusedNamesATypeThatFits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		machine := rapid.SampledFrom(machinetype.All()).Draw(t, "machine")
		wanted := machinetype.Amounts{
			MilliCPU: rapid.Int64Range(1, 500_000).Draw(t, "cpu"),
			Memory:   rapid.Int64Range(1, 4000).Draw(t, "memory") * gib, Pods: 1,
		}
		pool := NodePool{Name: SharedNodes, MachineType: machine.Name}
		advice := pool.larger("europe-west4", wanted)
		siblings := machine.Siblings()
		fitting := slices.IndexFunc(siblings, func(of machinetype.Type) bool { return pool.node(of).Room().Holds(wanted) })
		switch {
		case fitting < 0 && advice != "":
			t.Fatalf("advised %q for %+v, and none of %v fits", advice, wanted, siblings)
		case fitting >= 0 && !strings.Contains(advice, " "+siblings[fitting].Name+" "):
			t.Fatalf("advised %q for %+v, want %s", advice, wanted, siblings[fitting].Name)
		}
	})
}
