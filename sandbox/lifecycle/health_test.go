package lifecycle

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ai-serving/sandbox/stacktest"
)

// The models that have to answer may change while clients are served: the profile that
// they are routed by stays, and changes in place.
func TestHealthModelsComeAndGo(t *testing.T) {
	t.Parallel()
	s := stacktest.New(t, filepath.Join("sandbox", "outages", "testdata", "addresses.yaml"))
	s.Edit("westeurope: {cidr: 10.10.0.0/16}", "westeurope: {cidr: 10.10.0.0/16}\n      northeurope: {cidr: 10.11.0.0/16}")
	s.Up()
	const (
		profile = "azure-native:network:Profile"
		gateway = "azure-native:network:ApplicationGateway"
	)
	last := "    tls: none\n"
	for _, step := range []struct {
		models string
		want   map[string]map[string]int
	}{
		// In each region: a profile for each model, and one that needs both.
		{"[embed, chat]", map[string]map[string]int{"create": {profile: 6}, "update": {profile: 1, gateway: 2}}},
		{"[embed]", map[string]map[string]int{"delete": {profile: 6}, "update": {profile: 1, gateway: 2}}},
		{"[]", map[string]map[string]int{"update": {gateway: 2}}},
	} {
		next := "    tls: none\n    traffic: {healthModels: " + step.models + "}\n"
		s.Edit(last, next)
		last = next
		if diff := cmp.Diff(step.want, s.Plan()); diff != "" {
			t.Errorf("healthModels: %s changes (-want +got)\n%s", step.models, diff)
		}
		s.Up()
		s.Settled()
	}
	s.Destroy()
	s.Empty()
}
