package population

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestThePopulationReplacesTheTenants(t *testing.T) {
	t.Parallel()
	const before = "config:\n  ai-serving:models: {}\n"
	file, files, err := Population{Pooled: 501, Bridge: 1, Silo: 1}.In(before + "  ai-serving:tenants:\n    acme: {models: [chat]}\n")
	if err != nil {
		t.Fatal(err)
	}
	if want := before + "  ai-serving:tenantFiles: [tenants/population/*.yaml]\n"; file != want {
		t.Errorf("stack file %q, want %q", file, want)
	}
	want := map[string]string{
		"tenants/population/pooled-01.yaml": "tenants:\n" + Pooled(500),
		"tenants/population/bridge-00.yaml": "tenants:\n  bridge-0000: {models: [chat], isolation: bridge}\n",
		"tenants/population/silo-00.yaml":   "tenants:\n  silo-0000: {models: [chat], isolation: silo}\n",
	}
	if first := files["tenants/population/pooled-00.yaml"]; strings.Count(first, "\n") != 501 {
		t.Errorf("the first file of pooled tenants is %q", first)
	}
	delete(files, "tenants/population/pooled-00.yaml")
	if diff := cmp.Diff(want, files); diff != "" {
		t.Errorf("files (-want +got)\n%s", diff)
	}
	if file, _, err := (Population{}).In("config: {}\n"); err == nil {
		t.Errorf("a file without tenants is accepted: %s", file)
	}
}

func TestPooledTenantsHaveEntriesOfRealisticLength(t *testing.T) {
	t.Parallel()
	for _, number := range []int{0, 1, 2, 9999} {
		if entry := Pooled(number); len(entry) != length {
			t.Errorf("%q has %d characters, want %d", entry, len(entry), length)
		}
	}
}
