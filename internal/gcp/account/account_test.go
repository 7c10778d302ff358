package account

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestTheNameForPeopleSaysWhereTheMachinesAre(t *testing.T) {
	t.Parallel()
	args := Args{Stack: "ai-serving-dev", Region: "europe-west4", Machines: "Cluster nodes"}
	if got, want := args.displayName(), "Cluster nodes of ai-serving-dev in europe-west4"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// The names of a project and a stack have 30 characters at most each, and that of a
// region 26.
func TestTheNameForPeopleIsNoLongerThanGoogleTakes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		args := Args{
			Stack:    rapid.StringMatching(`[a-z]{1,30}-[a-z]{1,30}`).Draw(t, "stack"),
			Region:   rapid.StringMatching(`[a-z]{2,12}-[a-z]{2,11}[0-9]{1,2}`).Draw(t, "region"),
			Machines: rapid.SampledFrom([]string{"Cluster nodes", "Model servers"}).Draw(t, "machines"),
		}
		got := args.displayName()
		if len(got) > 100 || !strings.HasSuffix(got, " in "+args.Region) {
			t.Fatalf("%q has %d bytes", got, len(got))
		}
	})
}
