package refusals_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"ai-serving/sandbox/rules"
)

// More mistakes than the one of each rule's example: the ends of ranges, and the
// other ways to break a rule. The right form beside each is accepted.
func TestOtherMistakes(t *testing.T) {
	t.Parallel()
	beside := example{
		link: locations + "europe-west4/clusters/second", body: stack[cluster],
		wrong: planes("10.20.48.0/28"), right: planes("10.20.48.16/28"),
	}
	for name, test := range map[string]struct {
		rule string
		example
	}{
		"the control plane's range of another cluster": {"cluster/control-plane-overlap", beside},
		"a bucket named too shortly":                   {"bucket/name", example{link: "b/abc", wrongLink: "b/ab", body: `{}`}},
		"a bucket named too long":                      {"bucket/name", example{link: "b/" + strings.Repeat("a", 63), wrongLink: "b/" + strings.Repeat("a", 64), body: `{}`}},
		"a bucket named as an address":                 {"bucket/name", example{link: "b/10.0.0.x", wrongLink: "b/10.0.0.1", body: `{}`}},
		"a bucket in capitals":                         {"bucket/name", example{link: "b/static", wrongLink: "b/Static", body: `{}`}},
		"the smallest range":                           {"subnetwork/range-form", second(`{"ipCidrRange": "10.30.0.0/30"}`, `{"ipCidrRange": "10.30.0.0/29"}`)},
		"dynamic ports below the least":                {"router/nat-dynamic-ports", translated(`{"name": "a", "enableDynamicPortAllocation": true, "minPortsPerVm": 16, `+auto+`, `+all+`}`, `{"name": "a", "enableDynamicPortAllocation": true, "minPortsPerVm": 32, `+auto+`, `+all+`}`)},
		"dynamic ports with independent mapping":       {"router/nat-dynamic-ports", translated(`{"name": "a", "enableDynamicPortAllocation": true, "enableEndpointIndependentMapping": true, `+auto+`, `+all+`}`, `{"name": "a", "enableEndpointIndependentMapping": true, `+auto+`, `+all+`}`)},
		"a port of a firewall that is too great":       {"firewall/ports", onFirewall(`{"allowed": [{"IPProtocol": "tcp", "ports": ["65536"]}]}`, `{"allowed": [{"IPProtocol": "tcp", "ports": ["0-65535"]}]}`)},
		"ports of a firewall the wrong way round":      {"firewall/ports", onFirewall(`{"allowed": [{"IPProtocol": "tcp", "ports": ["90-80"]}]}`, `{"allowed": [{"IPProtocol": "tcp", "ports": ["80-90"]}]}`)},
		"the port 0":        {"forwarding-rule/port-number", onGlobalRule(`{"portRange": "0-0"}`, `{"portRange": "1-1"}`)},
		"the greatest disk": {"instance-template/disk-size", onTemplate(`{"disks": [{"boot": true, "initializeParams": {"diskSizeGb": "65537"}}]}`, `{"disks": [{"boot": true, "initializeParams": {"diskSizeGb": "65536", "sourceImage": "a"}}]}`)},
		"a default above the greatest time in the cache": {"cdn/ttl", example{link: global + "backendBuckets/static", wrong: `{"cdnPolicy": {"defaultTtl": 2, "maxTtl": 1}}`, right: `{"cdnPolicy": {"defaultTtl": 1, "maxTtl": 1}}`}},
		"the shortest interval":                          {"health-check/interval", onCheck(`{"checkIntervalSec": -1, "timeoutSec": 1}`, `{"checkIntervalSec": 1, "timeoutSec": 1}`)},
		"a manual translation without addresses":         {"router/nat-addresses", translated(`{"name": "a", "natIpAllocateOption": "MANUAL_ONLY", `+all+`}`, `{"name": "a", "natIpAllocateOption": "MANUAL_ONLY", "natIps": ["x"], `+all+`}`)},
		"repair left out on a channel":                   {"node-pool/auto-upgrade", onPool(`{"management": {"autoRepair": false}}`, `{}`)},
		"the longest label of a host":                    {"url-map/host-form", hosting(fmt.Sprintf("%q", strings.Repeat("a", 64)+".example.com"), fmt.Sprintf("%q", strings.Repeat("a", 63)+".example.com"))},
		"the longest host":                               {"url-map/host-form", hosting(fmt.Sprintf("%q", strings.Repeat("a.", 126)+"aa"), fmt.Sprintf("%q", strings.Repeat("a.", 126)+"a:8080"))},
		"a header without a name":                        {"url-map/header-name", heading(`{"responseHeadersToAdd": [{"headerValue": "a"}]}`, `{"responseHeadersToAdd": [{"headerName": "x", "headerValue": "a"}]}`)},
		"the host as a header":                           {"url-map/header-reserved", heading(`{"requestHeadersToAdd": [{"headerName": "Host", "headerValue": "a"}]}`, `{"requestHeadersToRemove": ["Host"]}`)},
		"a test of another redirect":                     {"url-map/tests-pass", tested(`{"host": "a.example.com", "path": "/r", "expectedRedirectResponseCode": 302}`, `{"host": "a.example.com", "path": "/r", "expectedRedirectResponseCode": 301}`)},
		"a test of another output":                       {"url-map/tests-pass", tested(`{"host": "a.example.com", "path": "/a", `+toChat+`, "expectedOutputUrl": "a.example.com/b"}`, `{"host": "a.example.com", "path": "/a", `+toChat+`, "expectedOutputUrl": "https://a.example.com/a"}`)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refusal := (*rules.Refusal)(nil)
			if err := test.send(t, true); !errors.As(err, &refusal) || refusal.Rule.Name != "gcp/"+test.rule {
				t.Errorf("the mistake is answered by %v, want a refusal by %s", err, test.rule)
			}
			if err := test.send(t, false); err != nil {
				t.Errorf("the right form is refused: %v", err)
			}
		})
	}
}
