package firewall

import (
	"path/filepath"
	"strings"
	"testing"
)

// The defaults refuse nothing that clients are known to send, but what Microsoft's rules
// refuse by themselves: no default is about cookies there.
func TestClientsPass(t *testing.T) {
	t.Parallel()
	samples, err := readClients(filepath.Join("testdata", "clients"))
	if err != nil {
		t.Fatal(err)
	}
	for name, compare := range map[string]comparison{
		"DRS 2.2":                      mustCompare(t)(azure("2.2")),
		"DRS 2.1":                      mustCompare(t)(azure("2.1")),
		"Cloud Armor":                  mustCompare(t)(google(true)),
		"Cloud Armor, JSON not parsed": mustCompare(t)(google(false)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, sample := range samples {
				before, after, err := compare(sample.request)
				if err != nil {
					t.Fatal(err)
				}
				if after && !(before && strings.HasPrefix(name, "DRS")) {
					t.Errorf("refuses %s, %q", sample.row, sample.name)
				}
			}
		})
	}
}

func mustCompare(t *testing.T) func(comparison, error) comparison {
	return func(compare comparison, err error) comparison {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return compare
	}
}
