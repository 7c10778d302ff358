package topology

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"ai-serving/internal/config"
	"ai-serving/internal/testkit/stackfile"
)

// resolveMany resolves the dev stack with so many other tenants, in files of a
// thousand, after edits: pairs of old and new. The entry of each is made from its number.
func resolveMany(t *testing.T, tenants int, entry func(int) string, edits ...string) (Topology, error) {
	t.Helper()
	text, err := os.ReadFile("../../Pulumi.dev.yaml")
	if err != nil {
		t.Fatal(err)
	}
	before, _, found := strings.Cut(string(text), "  ai-serving:tenants:\n")
	if !found {
		t.Fatal("the dev stack's tenants are not where they were")
	}
	for i := 0; i < len(edits); i += 2 {
		if !strings.Contains(before, edits[i]) {
			t.Fatalf("the stack file has no %q to edit", edits[i])
		}
		before = strings.Replace(before, edits[i], edits[i+1], 1)
	}
	file, err := stackfile.Read("dev", before+"  ai-serving:tenantFiles: [tenants/*.yaml]\n")
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{}
	for first := 0; first < tenants; first += 1000 {
		content := "tenants:\n"
		for number := first; number < min(first+1000, tenants); number++ {
			content += "  " + entry(number) + "\n"
		}
		files[fmt.Sprintf("tenants/%d.yaml", first/1000)] = &fstest.MapFile{Data: []byte(content)}
	}
	file.Root = files
	settings, err := config.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	return Resolve("ai-serving", "dev", settings)
}

func pooledEntry(perGateway int) func(int) string {
	return func(number int) string {
		models := []string{"chat", "embed", "chat, embed"}[number%3]
		return fmt.Sprintf("customer-%05d: {models: [%s], costCenter: CC-%05d, gateway: %d}", number, models, number, 1+number/perGateway)
	}
}

func ownHostEntry(number int) string {
	return fmt.Sprintf("customer-%05d: {models: [chat], hosts: [ai.customer-%05d.example], gateway: %d}", number, number, 1+number/95)
}

func TestTenThousandPooledTenantsFitIntoAStack(t *testing.T) {
	t.Parallel()
	resolved, err := resolveMany(t, 10_000, pooledEntry(700))
	if err != nil {
		t.Fatal(err)
	}
	if len(resolved.Tenants) != 10_000 || len(resolved.Azure[0].Gateways) != 15 {
		t.Errorf("%d tenants on %d gateways, want 10,000 on 15", len(resolved.Tenants), len(resolved.Azure[0].Gateways))
	}
	for _, limit := range resolved.Limits {
		if limit.NearlyFull() {
			t.Errorf("%s is nearly full", limit.Text)
		}
	}
}

func TestAThousandTenantsWithHostsOfTheirOwnFitIntoAStack(t *testing.T) {
	t.Parallel()
	resolved, err := resolveMany(t, 1000, ownHostEntry)
	if err != nil {
		t.Fatal(err)
	}
	for _, gateway := range resolved.Azure[0].Gateways {
		if active := gateway.activeListeners(); active > maxActiveListeners {
			t.Errorf("gateway %s has %d listeners", gateway.Name, active)
		}
	}
}

// Whoever puts too many tenants on one gateway learns of every limit at once, and of
// what to do.
func TestTooManyTenantsOfAGatewayAreRefusedWithEveryLimit(t *testing.T) {
	t.Parallel()
	_, err := resolveMany(t, 4000, pooledEntry(4000))
	got := unplaced(err)
	for _, workload := range []string{"chat", "embed"} {
		want := fmt.Sprintf("values of the firewall's rule on who may use %q (each for several hosts): give the tenants that are new another number of \"gateway\"", workload)
		if !strings.Contains(got, want) {
			t.Errorf("the error has no %q:\n%s", want, got)
		}
	}
}
