package topology

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"ai-serving/internal/pathpattern"
)

func TestHostsWithTheSameRoutesShareAHostRule(t *testing.T) {
	t.Parallel()
	chat := Route{Workload: "chat", Paths: []pathpattern.Pattern{"/v1/chat/*"}}
	embed := Route{Workload: "embed", Paths: []pathpattern.Pattern{"/v1/embeddings"}}
	tried := Route{Workload: "chat", Paths: []pathpattern.Pattern{"/v1/chat/*"}, Canary: &Canary{Workload: "next", Percent: 5}}
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
		"gcp: 4 of 1000 path matchers of the URL map (one for each set of models)",
		"gcp: 3636 of 1048576 bytes of the URL map, estimated",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestManyHostsWithTheSameRoutesHaveSeveralHostRules(t *testing.T) {
	t.Parallel()
	hosts := make([]string, 3*maxHosts)
	for i := range hosts {
		hosts[i] = fmt.Sprintf("tenant-%d.ai.example.com", i)
	}
	rules := HostRules(hosts)
	if len(rules) < 3 || slices.ContainsFunc(rules, func(rule []string) bool { return len(rule) > maxHosts }) {
		t.Errorf("%d host rules, want at least 3 with at most %d hosts each", len(rules), maxHosts)
	}
	if len(HostRules(hosts[:maxHosts])) != 1 {
		t.Errorf("%d hosts have several host rules", maxHosts)
	}
}

func TestAURLMapThatIsTooLargeIsRefused(t *testing.T) {
	t.Parallel()
	hosts := make([]string, 40_000)
	for i := range hosts {
		hosts[i] = fmt.Sprintf("tenant-%05d.ai.example.com", i)
	}
	usages := hostUsages(field.NewPath("gcp"), "the URL map", "gcp", []VirtualHost{{Hosts: hosts, Routes: []Route{{Workload: "chat", Paths: []pathpattern.Pattern{"/v1/chat/*"}}}}})
	if size := usages[len(usages)-1]; size.used <= size.most || !strings.Contains(size.what, "bytes") {
		t.Errorf("%s is not over the limit", size)
	}
}
