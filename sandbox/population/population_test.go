package population

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestThePopulationTakesThePlaceOfTheTenants(t *testing.T) {
	t.Parallel()
	const before = "config:\n  ai-serving:models: {}\n  ai-serving:tenants:\n"
	got, err := Population{Pooled: 4, Bridge: 1, Silo: 1}.In(before + "    acme: {models: [chat]}\n")
	if err != nil {
		t.Fatal(err)
	}
	want := before + `    pooled-0000: {models: [chat], gateway: 1}
    pooled-0001: {models: [embed], gateway: 1}
    pooled-0002: {models: [chat, embed], gateway: 1}
    pooled-0003: {models: [chat], gateway: 1}
    bridge-0000: {models: [chat], isolation: bridge}
    silo-0000: {models: [chat], isolation: silo}
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("stack file (-want +got)\n%s", diff)
	}
	if got, err := (Population{}).In("config: {}\n"); err == nil {
		t.Errorf("a file without tenants is accepted: %s", got)
	}
}
