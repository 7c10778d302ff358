package topology

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

func TestHostsWithTheSameRoutesShareAHostRule(t *testing.T) {
	t.Parallel()
	chat := Route{Workload: "chat", Paths: []string{"/v1/chat/*"}}
	embed := Route{Workload: "embed", Paths: []string{"/v1/embeddings"}}
	tried := Route{Workload: "chat", Paths: []string{"/v1/chat/*"}, Canary: &Canary{Workload: "next", Percent: 5}}
	triedToo := tried
	triedToo.Canary = &Canary{Workload: "next", Percent: 5}
	var got []string
	for _, u := range hostUsages(field.NewPath("gcp"), "the URL map", "gcp", []VirtualHost{
		{Hosts: []string{"a", "b"}, Routes: []Route{chat}},
		{Hosts: []string{"c"}, Routes: []Route{chat, embed}},
		{Hosts: []string{"d"}, Routes: []Route{chat}},
		{Hosts: []string{"e"}, Routes: []Route{tried}},
		{Hosts: []string{"f"}, Routes: []Route{triedToo}},
	}) {
		got = append(got, u.String())
	}
	want := []string{
		"gcp: 4 of 1000 host rules of the URL map", // with that of the probes
		"gcp: 3 of 1000 hosts in a host rule of the URL map, which tenants with the same models share",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
