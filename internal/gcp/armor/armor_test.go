package armor

import (
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ai-serving/internal/topology"
)

func limit(tenant string, priority, perMinute int, hosts ...string) topology.RateLimit {
	return topology.RateLimit{Tenant: tenant, Hosts: hosts, PerMinute: perMinute, Priority: priority}
}

func TestATenantHasOneRuleForAllItsWorkloads(t *testing.T) {
	t.Parallel()
	acme, globex := limit("acme", 5000, 600, "acme.ai.example.com"), limit("globex", 1000, 60, "chat.globex.com", "globex.ai.example.com")
	got := Rules([]topology.Backend{
		{Workload: topology.Workload{Key: "chat"}, Limits: []topology.RateLimit{acme, globex}},
		{Workload: topology.Workload{Key: "embed"}, Limits: []topology.RateLimit{acme}},
		{Workload: topology.Workload{Key: "vision"}},
	})
	want := []Rule{
		{"globex", 1000, `request.headers['host'].lower().matches('^chat[.]globex[.]com(:[0-9]+)?$') || request.headers['host'].lower().matches('^globex[.]ai[.]example[.]com(:[0-9]+)?$')`, 60},
		{"acme", 5000, `request.headers['host'].lower().matches('^acme[.]ai[.]example[.]com(:[0-9]+)?$')`, 600},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestNobodyIsLimitedByDefault(t *testing.T) {
	t.Parallel()
	if got := Rules([]topology.Backend{{Workload: topology.Workload{Key: "chat"}}}); len(got) != 0 {
		t.Errorf("rules %+v, want none", got)
	}
}

// pattern is the regular expression of the only host in an expression.
var pattern = regexp.MustCompile(`^request\.headers\['host'\]\.lower\(\)\.matches\('(.*)'\)$`)

func TestTheExpressionMatchesTheHostAlone(t *testing.T) {
	t.Parallel()
	matched := pattern.FindStringSubmatch(expression([]string{"acme.ai.example.com"}))
	if matched == nil {
		t.Fatal("the expression is of another form")
	}
	host := regexp.MustCompile(matched[1])
	for name, want := range map[string]bool{
		"acme.ai.example.com":          true,
		"acme.ai.example.com:443":      true,
		"acme-ai.example.com":          false,
		"acmexai.example.com":          false,
		"acme.ai.example.com.evil.com": false,
		"not-acme.ai.example.com":      false,
	} {
		if got := host.MatchString(name); got != want {
			t.Errorf("%q: matches %t, want %t", name, got, want)
		}
	}
}
