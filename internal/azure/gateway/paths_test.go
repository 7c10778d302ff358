package gateway

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi-azure-native-sdk/network/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"pgregory.net/rapid"

	"ai-serving/internal/topology"
)

func TestPathRulesGoFromTheSpecificToTheGeneral(t *testing.T) {
	t.Parallel()
	rules := pathRules([]topology.Route{
		{Workload: "all", Paths: []string{"/*", "/v1/*", "/v1/models"}},
		{Workload: "chat", Paths: []string{"/v1/chat", "/v1/chat/*"}},
	})
	want := []string{"all /v1/models", "chat /v1/chat", "chat /v1/chat/*", "all /v1/*", "all /*"}
	if diff := cmp.Diff(want, listed(rules)); diff != "" {
		t.Errorf("order of the rules (-want +got):\n%s", diff)
	}
}

// A gateway takes the first rule that matches. Google's load balancers take the
// most specific one, and both clouds have to serve a tenant alike.
func TestTheFirstMatchIsTheMostSpecific(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		segments := rapid.StringMatching(`(/[ab]){1,3}`)
		paths := rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) string {
			return segments.Draw(t, "path") + rapid.SampledFrom([]string{"", "/*"}).Draw(t, "wildcard")
		}), 1, 8, rapid.ID).Draw(t, "paths")
		var routes []topology.Route
		for _, path := range paths {
			routes = append(routes, topology.Route{Workload: "serves " + path, Paths: []string{path}})
		}
		request := segments.Draw(t, "request")
		if got, want := firstMatch(pathRules(routes), request), mostSpecific(paths, request); got != want {
			t.Fatalf("%s: the first match is %q, the most specific %q", request, got, want)
		}
	})
}

func TestPathRuleNamesAreDistinctAndFit(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	long := strings.Repeat("workload-", 10)
	for _, name := range []string{
		pathRuleName("chat", "/v1/chat"), pathRuleName("chat", "/v1/chat/*"), pathRuleName("vision", "/v1/chat"),
		pathRuleName(long, "/v1"), pathRuleName(long, "/v2"),
	} {
		if names[name] || len(name) > maxNameLength {
			t.Errorf("%q is taken already, or has more than %d characters", name, maxNameLength)
		}
		names[name] = true
	}
}

func TestAPathMapEndsAtThePoolWithoutMembers(t *testing.T) {
	t.Parallel()
	want := &network.ApplicationGatewayUrlPathMapArgs{
		Name:                       pulumi.String("acme"),
		DefaultBackendAddressPool:  self("backendAddressPools", "no_backend"),
		DefaultBackendHttpSettings: self("backendHttpSettingsCollection", "no_backend"),
		PathRules: network.ApplicationGatewayPathRuleArray{&network.ApplicationGatewayPathRuleArgs{
			Name:                pulumi.String("chat-6ba56fad"),
			Paths:               pulumi.StringArray{pulumi.String("/v1/chat/*")},
			BackendAddressPool:  self("backendAddressPools", "chat"),
			BackendHttpSettings: self("backendHttpSettingsCollection", "chat"),
		}},
	}
	got := pathMap("acme", pathRules([]topology.Route{{Workload: "chat", Paths: []string{"/v1/chat/*"}}}))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("path map (-want +got):\n%s", diff)
	}
}

func TestAProbeReachesTheHealthPathOfItsModel(t *testing.T) {
	t.Parallel()
	gateway := topology.Gateway{
		Pools: []topology.Workload{
			{Key: "chat", HealthPath: "/v2/health/ready"},
			{Key: "vision", HealthPath: "/health"},
		},
		Probes: []topology.Probe{{Name: "vision", Path: "/healthz/vision", Workload: "vision"}},
	}
	rule, ok := healthRules(gateway.Probes)[0].(*network.ApplicationGatewayPathRuleArgs)
	if !ok {
		t.Fatal("the rule is of another type")
	}
	if diff := cmp.Diff(pulumi.StringArray{pulumi.String("/healthz/vision")}, rule.Paths); diff != "" {
		t.Errorf("paths of the rule (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(self("rewriteRuleSets", "vision"), rule.RewriteRuleSet); diff != "" {
		t.Errorf("the rule's rewrites (-want +got):\n%s", diff)
	}
	want := network.ApplicationGatewayRewriteRuleSetArray{&network.ApplicationGatewayRewriteRuleSetArgs{
		Name: pulumi.String("vision"),
		RewriteRules: network.ApplicationGatewayRewriteRuleArray{&network.ApplicationGatewayRewriteRuleArgs{
			Name:         pulumi.String("health-path"),
			RuleSequence: pulumi.Int(100),
			ActionSet: &network.ApplicationGatewayRewriteRuleActionSetArgs{
				UrlConfiguration: &network.ApplicationGatewayUrlConfigurationArgs{
					ModifiedPath: pulumi.String("/health"),
					Reroute:      pulumi.Bool(false),
				},
			},
		}},
	}}
	if diff := cmp.Diff(want, rewrites(gateway)); diff != "" {
		t.Errorf("rewrites (-want +got):\n%s", diff)
	}
}

// listed gives each rule as its pool and path.
func listed(rules network.ApplicationGatewayPathRuleArray) []string {
	var texts []string
	for _, each := range rules {
		rule := each.(*network.ApplicationGatewayPathRuleArgs)
		pool := string(rule.BackendAddressPool.(*network.SubResourceArgs).Id.(pulumi.String))
		path := string(rule.Paths.(pulumi.StringArray)[0].(pulumi.String))
		texts = append(texts, strings.TrimPrefix(pool, "$self/backendAddressPools/")+" "+path)
	}
	return texts
}

func firstMatch(rules network.ApplicationGatewayPathRuleArray, request string) string {
	for _, text := range listed(rules) {
		path := text[strings.LastIndex(text, " ")+1:]
		if matches(path, request) {
			return path
		}
	}
	return ""
}

// mostSpecific is the pattern that Google's URL maps would choose: an exact one,
// or else the longest.
func mostSpecific(paths []string, request string) string {
	best := ""
	for _, path := range paths {
		if path == request {
			return path
		}
		if matches(path, request) && len(path) > len(best) {
			best = path
		}
	}
	return best
}

func matches(pattern, request string) bool {
	prefix, isPrefix := strings.CutSuffix(pattern, "*")
	return pattern == request || isPrefix && strings.HasPrefix(request, prefix)
}
