package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// outputs is what a small stack has, as pulumi stack output --json prints them.
const outputs = `{
  "http_proxy_ip": "192.0.2.1",
  "tenants": {
    "wonka": {"enabled": false, "hosts": ["wonka.ai.example.com"], "isolation": "pool", "models": ["chat"], "places": ["azure/westeurope", "gcp"]},
    "acme": {"cname": "ai.trafficmanager.net", "enabled": true, "hosts": ["acme.ai.example.com"], "isolation": "pool", "models": ["chat", "embed"], "places": ["azure/westeurope", "gcp"]},
    "contoso": {"cname": "ai-eu.trafficmanager.net", "enabled": true, "hosts": ["chat.contoso.example", "llm.contoso.example", "contoso.example.org"], "isolation": "bridge", "models": ["chat"], "places": ["azure/westeurope"], "residency": "eu"}
  },
  "dns_records": [
    {"name": "global.gcp.ai.example.com", "type": "A", "value": "192.0.2.2"},
    {"name": "acme.ai.example.com", "type": "CNAME", "value": "ai.trafficmanager.net"}
  ],
  "limits": ["gateway westeurope: 47 of 100 active listeners", "Traffic Manager: 2 of 200 profiles"]
}`

func printed(t *testing.T, input string, arguments ...string) string {
	t.Helper()
	var output bytes.Buffer
	if err := run(arguments, strings.NewReader(input), &output, 0); err != nil {
		t.Fatal(err)
	}
	return output.String()
}

func TestOverview(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		arguments []string
		want      string
	}{
		"whole": {nil, `Tenants (3)
TENANT   HOSTS                                                           CNAME                     PLACES                 MODELS
acme     acme.ai.example.com                                             ai.trafficmanager.net     azure/westeurope, gcp  chat, embed
contoso  chat.contoso.example, llm.contoso.example, contoso.example.org  ai-eu.trafficmanager.net  azure/westeurope       chat
wonka    wonka.ai.example.com                                            (disabled)                azure/westeurope, gcp  chat

DNS records to create (2)
NAME                       TYPE   VALUE
global.gcp.ai.example.com  A      192.0.2.2
acme.ai.example.com        CNAME  ai.trafficmanager.net

Limits, the fullest first
gateway westeurope: 47 of 100 active listeners
Traffic Manager: 2 of 200 profiles
`},
		"in 100 characters": {[]string{"-width", "100"}, `Tenants (3)
TENANT   HOSTS                    CNAME                     PLACES                 MODELS
acme     acme.ai.example.com      ai.trafficmanager.net     azure/westeurope, gcp  chat, embed
contoso  chat.contoso.example +2  ai-eu.trafficmanager.net  azure/westeurope       chat
wonka    wonka.ai.example.com     (disabled)                azure/westeurope, gcp  chat

DNS records to create (2)
NAME                       TYPE   VALUE
global.gcp.ai.example.com  A      192.0.2.2
acme.ai.example.com        CNAME  ai.trafficmanager.net

Limits, the fullest first
gateway westeurope: 47 of 100 active listeners
Traffic Manager: 2 of 200 profiles
`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := printed(t, outputs, test.arguments...)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestNarrowLinesCountWhatTheyLeaveOut(t *testing.T) {
	t.Parallel()
	const width = 70
	got := printed(t, outputs, "-width", fmt.Sprint(width))
	for line := range strings.Lines(got) {
		if length := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); length > width {
			t.Errorf("%d characters: %s", length, line)
		}
	}
	if !strings.Contains(got, "… +2") {
		t.Errorf("it does not count the hosts that are left out:\n%s", got)
	}
}

// many are the outputs of a stack with so many tenants.
func many(t *testing.T, count int) string {
	t.Helper()
	all := stack{Tenants: map[string]tenant{}, Limits: []string{"all full"}}
	for i := range count {
		id := fmt.Sprintf("tenant-%04d", i)
		host := id + ".ai.example.com"
		all.Tenants[id] = tenant{Enabled: true, Hosts: []string{host}, CNAME: "ai.trafficmanager.net", Places: []string{"gcp"}, Models: []string{"chat"}}
		all.Records = append(all.Records, record{host, "CNAME", "ai.trafficmanager.net"})
	}
	raw, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestOfManyTenantsTheFirstAreShown(t *testing.T) {
	t.Parallel()
	got := printed(t, many(t, 1000), "-width", "120")
	for _, want := range []string{
		"Tenants (1000)\n", "tenant-0019 ", "… and 980 more: overview -all prints them, and pulumi stack output tenants has them\n",
		"DNS records to create (1000)\n", "pulumi stack output dns_records has them\n", "all full\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("it lacks %q:\n%s", want, got)
		}
	}
	if strings.Contains(got, "tenant-0020") {
		t.Error("it shows more than twenty tenants")
	}
	if all := printed(t, many(t, 1000), "-all"); strings.Count(all, "tenant-0999") != 3 || strings.Contains(all, " more") {
		t.Error("-all does not show the last tenant and its record")
	}
}

func TestWhatIsNoOutputOfTheProgramIsRefused(t *testing.T) {
	t.Parallel()
	for input, want := range map[string]string{
		"":                    "standard input is not what pulumi stack output --json prints",
		"Current stack":       "standard input is not what pulumi stack output --json prints",
		`{}`:                  "deploy it with pulumi up",
		`{"address": "a"}`:    "deploy it with pulumi up",
		`{"tenants": "some"}`: "standard input is not what pulumi stack output --json prints",
	} {
		var output bytes.Buffer
		err := run(nil, strings.NewReader(input), &output, 0)
		if err == nil || !strings.Contains(err.Error(), want) || output.Len() > 0 {
			t.Errorf("of %q: %v and %q, want %q", input, err, output.String(), want)
		}
	}
}

// Whatever is in the cells, lines keep to the width as soon as it has room for every
// column at its narrowest.
func TestLinesKeepToTheWidth(t *testing.T) {
	t.Parallel()
	cell := rapid.SliceOfN(rapid.StringMatching(`[a-z./-]{1,60}`), 0, 6)
	rapid.Check(t, func(t *rapid.T) {
		columns := rapid.IntRange(1, 5).Draw(t, "columns")
		var rows []row
		for range rapid.IntRange(0, 8).Draw(t, "rows") {
			rows = append(rows, rapid.SliceOfN(cell, columns, columns).Draw(t, "row"))
		}
		width := columns*(narrowest+padding) + rapid.IntRange(0, 100).Draw(t, "more")
		if got := total(widthsOf(table{}.fit(rows, width))); got > width {
			t.Fatalf("lines of %d characters, want %d at most", got, width)
		}
	})
}
