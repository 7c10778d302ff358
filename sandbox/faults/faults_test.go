package faults

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// write saves a file of faults in a sandbox of the test's own.
func write(t *testing.T, text string) (home string) {
	t.Helper()
	home = t.TempDir()
	if err := os.WriteFile(File(home), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return home
}

func TestMistakesAreToldWithTheirPaths(t *testing.T) {
	t.Parallel()
	home := write(t, `
faults:
  - {resource: "gcp:compute/network:Network", verb: create, mode: fail, time: 3}
  - {resource: "aws:s3/bucket:Bucket", verb: make, mode: break, times: 0}
  - {resource: "urn:pulumi:dev", verb: create, mode: fail}
  - {resource: "gcp:*", verb: delete, mode: partial}
  - {resource: "gcp:*", verb: delete, mode: hang, error: none}
`)
	_, err := Load(File(home))
	if err == nil {
		t.Fatal("the file is accepted")
	}
	want := []string{
		`unknown field "faults[0].time"`,
		`faults[1].resource: "aws:s3/bucket:Bucket" is neither a type nor a URN of azure-native, gcp, kubernetes`,
		`faults[1].verb: "make" is none of create, read, update, delete`,
		`faults[1].mode: "break" is none of fail, fail-after, partial, hang, hang-after`,
		`faults[1].times: 0 is less than 1`,
		`faults[2].resource: "urn:pulumi:dev" is neither a type nor a URN of azure-native, gcp, kubernetes`,
		`faults[3].mode: a deletion cannot be partial: it leaves no state`,
		`faults[4].error: what hangs gives no error`,
	}
	got := strings.Split(strings.ReplaceAll(err.Error(), filepath.Join(home, "faults.yaml")+": ", ""), "\n")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("errors (-want +got)\n%s", diff)
	}
}

func TestAPatternIsOfTypesOrOfURNs(t *testing.T) {
	t.Parallel()
	const urn = "urn:pulumi:dev::ai-serving::ai-serving:gcp:GlobalLB$gcp:compute/uRLMap:URLMap::global-http"
	for pattern, want := range map[string]bool{
		"gcp:compute/uRLMap:URLMap":                        true,
		"gcp:compute/*":                                    true,
		"gcp:compute/urlmap:URLMap":                        false,
		"gcp:compute/uRLMap:URL":                           false,
		"urn:pulumi:*::*$gcp:compute/uRLMap:URLMap::*http": true,
		urn:       true,
		urn + "s": false,
		"urn:pulumi:prod::*::*$gcp:compute/uRLMap:URLMap::*": false,
	} {
		if got := (Fault{Resource: pattern}).matches(urn); got != want {
			t.Errorf("%s matches: %t, want %t", pattern, got, want)
		}
	}
}

func TestEveryCloudHasTypicalErrors(t *testing.T) {
	t.Parallel()
	for _, name := range packages {
		for _, verb := range verbs {
			if (Fault{Resource: name + ":a:B", Verb: verb}).message() == "" {
				t.Errorf("%s has no typical error of %s", name, verb)
			}
		}
	}
}
