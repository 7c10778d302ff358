package firewall

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAServerOfAnotherKindMayHaveAllFields(t *testing.T) {
	t.Parallel()
	want := []string{
		"content", "documents", "functions", "grammar", "guided_", "input", "instructions", "json_schema", "messages",
		"prompt", "query", "response_format", "sampling_params", "sentences", "source_sentence", "stop",
		"structured_outputs", "suffix", "text", "tool",
	}
	if diff := cmp.Diff(want, PromptFields("http")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// A field that begins with another one would be an exclusion more for nothing.
func TestNoFieldBeginsWithAnother(t *testing.T) {
	t.Parallel()
	for preset := range promptFields {
		fields := PromptFields(preset)
		for _, field := range fields {
			if slices.ContainsFunc(fields, func(other string) bool { return other != field && strings.HasPrefix(field, other) }) {
				t.Errorf("%s: %q begins with another field", preset, field)
			}
		}
		if !slices.IsSorted(fields) {
			t.Errorf("%s: %q are not sorted", preset, fields)
		}
	}
}

func TestAnExclusionIsForTheRulesOnText(t *testing.T) {
	t.Parallel()
	got := Exclusions("2.1", "triton")[0]
	want := Exclusion{"RequestArgValues", "StartsWith", "input", []Group{
		{"PROTOCOL-ENFORCEMENT", []string{"920270", "920271"}},
		{Name: "FIX"},
		{Name: "JAVA"},
		{Name: "LFI"},
		{Name: "NODEJS"},
		{Name: "PHP"},
		{Name: "PROTOCOL-ATTACK"},
		{Name: "RCE"},
		{Name: "RFI"},
		{Name: "SQLI"},
		{Name: "XSS"},
		{Name: "MS-ThreatIntel-AppSec"},
		{Name: "MS-ThreatIntel-CVEs"},
		{Name: "MS-ThreatIntel-SQLI"},
		{Name: "MS-ThreatIntel-WebShells"},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// The group of rules against scripts that came with version 2.2 is not in 2.1, where
// Azure would refuse its name.
func TestTheNewestGroupIsInTheNewestVersionOnly(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]bool{"2.1": false, "2.2": true} {
		groups := Exclusions(version, "tei")[0].Groups
		if got := slices.ContainsFunc(groups, func(g Group) bool { return g.Name == xssGroup }); got != want {
			t.Errorf("%s: %t, want %t", version, got, want)
		}
	}
}

func TestGooglesExpressionsAreShortEnough(t *testing.T) {
	t.Parallel()
	for _, rule := range GoogleRules() {
		if operands := strings.Count(rule.Expression, "&&") + strings.Count(rule.Expression, "||") + 1; operands > 5 {
			t.Errorf("%s: %d subexpressions, of which there may be 5", rule.Name, operands)
		}
		if len(rule.Expression) > 2048 {
			t.Errorf("%s: %d characters, of which there may be 2,048", rule.Name, len(rule.Expression))
		}
	}
}

func TestARuleOfGoogleHasASignature(t *testing.T) {
	t.Parallel()
	if got, want := Signature(942100), "owasp-crs-v042200-id942100-sqli"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := SetOf(920270); got != "" {
		t.Errorf("920270 is in the set %q, want none", got)
	}
}

func TestPlainPartsOfRequests(t *testing.T) {
	t.Parallel()
	patterns := map[string]*regexp.Regexp{
		"query": regexp.MustCompile(OddQuery), "path": regexp.MustCompile(OddPath),
		"cookie": regexp.MustCompile(OddCookie), "header": regexp.MustCompile(OddHeader),
	}
	for _, test := range []struct {
		part, text string
		odd        bool
	}{
		{"query", "", false},
		{"query", "api-version=2024-06-01&stream=true", false},
		{"query", "model=baai%2fbge&include[]=a&at=10:00%2b01:00", false},
		{"query", "file=%2fetc%2fpasswd", true},
		{"query", "to=http%3a%2f%2f192.0.2.1", true},
		{"query", "q=1%27%20or%201=1", true},
		{"query", "q=1+or+1", true},
		{"path", "/v1/chat/completions", false},
		{"path", "/v2/models/resnet_50.v1/versions/2/infer", false},
		{"path", "/v1/models/baai%2fbge-base-en-v1.5", false},
		{"path", "/v1/x%2f..%2fetc", true},
		{"path", "/v1/../etc", true},
		{"path", "/v1/.env", true},
		{"path", "/v1/%2e%2e/x", true},
		{"cookie", `gclb="cmnz"; _ga=ga1.2.1234.5678; applicationgatewayaffinity=0f8c`, false},
		{"cookie", "consent=a%3a1%2cb%3a0; theme=dark", false},
		{"cookie", "csrf=5f%7cbb; seen=%7b%22a%22%3a1%7d; datestamp=mon+nov+30+(central+european+time)", false},
		{"cookie", "id=1 or 1=1", true},
		{"cookie", "id=1%27%20or", true},
		{"cookie", "id=sleep(5)", true},
		{"cookie", `id=a\b`, true},
		{"cookie", "id=%3cscript%3e", true},
		{"header", "openai/python 2.8.1", false},
		{"header", "mozilla/5.0 (x11; linux x86_64; rv:145.0) gecko/20100101 firefox/145.0", false},
		{"header", "mozilla/5.0 (macintosh; intel mac os x 10_15_7) applewebkit/537.36 (khtml, like gecko) chrome/142.0.0.0 safari/537.36", false},
		{"header", "https://www.example.com/chat?id=7&tab=a%20b", false},
		{"header", "${jndi:ldap://x}", true},
		{"header", `a\b`, true},
		{"header", "sleep(5)", true},
	} {
		if got := patterns[test.part].MatchString(test.text); got != test.odd {
			t.Errorf("%s %q: odd is %t, want %t", test.part, test.text, got, test.odd)
		}
	}
}

func TestTypesOfJSON(t *testing.T) {
	t.Parallel()
	pattern := regexp.MustCompile(JSONType)
	for contentType, want := range map[string]bool{
		"application/json":                                        true,
		"application/json;charset=utf-8":                          true,
		`application/json; charset="utf-8"`:                       true,
		"application/json; odata.metadata=minimal; charset=utf-8": true,
		"application/vnd.api+json":                                true,
		"application/json;":                                       true,
		"application/jsonx":                                       false,
		"application/json; ${jndi:ldap://x}":                      false,
		"application/json %{(#_='multipart/form-data')}":          false,
		"application/x-www-form-urlencoded":                       false,
		"text/plain; a=application/json":                          false,
		"":                                                        false,
	} {
		if got := pattern.MatchString(contentType); got != want {
			t.Errorf("%q: %t, want %t", contentType, got, want)
		}
	}
}
