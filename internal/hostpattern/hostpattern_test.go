package hostpattern

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

const domain = "ai.example.com"

func TestValues(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ hosts, want []string }{
		"no hosts": {},
		"under the domain, sorted": {
			[]string{"globex.ai.example.com", "acme.ai.example.com"},
			[]string{`^(acme|globex)\.ai\.example\.com(:[0-9]+)?$`},
		},
		"of others": {
			[]string{"chat.acme.com", "llm.globex.net"},
			[]string{`^(chat\.acme\.com|llm\.globex\.net)(:[0-9]+)?$`},
		},
		"of both": {
			[]string{"acme.ai.example.com", "chat.acme.com"},
			[]string{`^(acme)\.ai\.example\.com(:[0-9]+)?$`, `^(chat\.acme\.com)(:[0-9]+)?$`},
		},
		"deeper under the domain": {
			[]string{"a.b.ai.example.com"},
			[]string{`^(a\.b\.ai\.example\.com)(:[0-9]+)?$`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, Values(domain, test.hosts)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestAThousandHostsFitIntoOneRule(t *testing.T) {
	t.Parallel()
	var hosts []string
	for i := range 1000 {
		hosts = append(hosts, fmt.Sprintf("tenant-%04d.%s", i, domain))
	}
	if used := len(Values(domain, hosts)); used > MaxValues {
		t.Errorf("%d values, of %d", used, MaxValues)
	}
}

// someHosts are of both kinds, close to each other.
func someHosts(t *rapid.T) []string {
	host := rapid.OneOf(
		rapid.Map(rapid.StringMatching(`[a-c]{1,4}(-[a-c0-9]{1,20})?`), func(label string) string { return label + "." + domain }),
		rapid.StringMatching(`[a-c]{1,3}\.[a-c]{1,20}\.(com|net)`),
	)
	return rapid.SliceOfNDistinct(host, 0, 120, rapid.ID).Draw(t, "hosts")
}

func TestEveryHostIsMatchedByOneValueAndNoOtherIs(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		hosts := someHosts(t)
		values := Values(domain, hosts)
		for _, host := range hosts {
			for _, asked := range []string{host, host + ":443"} {
				if n := matching(values, asked); n != 1 {
					t.Fatalf("%d values match %s", n, asked)
				}
			}
			for _, other := range []string{"x" + host, host + "x", strings.Replace(host, ".", "x", 1), host + ":x", "a." + host} {
				if !slices.Contains(hosts, other) && matching(values, other) > 0 {
					t.Fatalf("%s is matched too", other)
				}
			}
		}
		for _, value := range values {
			if len(value) > MaxLength {
				t.Fatalf("%s has %d characters", value, len(value))
			}
		}
	})
}

func TestAHostThatComesChangesOneValueOrDividesOne(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		before := someHosts(t)
		added := "new-comer." + domain
		old, now := Values(domain, before), Values(domain, append(slices.Clone(before), added))
		lost := slices.DeleteFunc(slices.Clone(old), func(value string) bool { return slices.Contains(now, value) })
		if len(lost) > 1 {
			t.Fatalf("%d values changed: %q", len(lost), lost)
		}
	})
}

func TestTheOrderOfHostsDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		hosts := someHosts(t)
		if diff := cmp.Diff(Values(domain, hosts), Values(domain, rapid.Permutation(hosts).Draw(t, "order"))); diff != "" {
			t.Fatalf("(-first +second)\n%s", diff)
		}
	})
}

func matching(values []string, host string) int {
	count := 0
	for _, value := range values {
		if regexp.MustCompile(value).MatchString(host) {
			count++
		}
	}
	return count
}
