package config_test

import (
	"net/url"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/distribution/reference"
	"k8s.io/apimachinery/pkg/api/resource"
	"pgregory.net/rapid"

	"ai-serving/internal/config"
)

// grammar is what a cloud takes for a value of the stack file: a pattern that the
// cloud publishes, or the code that it runs.
type grammar struct {
	of     reflect.Type
	key    string
	keys   bool // of the map's keys, not of its values
	source string
	takes  func(text string) bool
}

// matches is a pattern that a cloud publishes, with the most characters.
func matches(pattern string, longest int) func(string) bool {
	compiled := regexp.MustCompile(`^(?:` + pattern + `)$`)
	return func(text string) bool {
		return compiled.MatchString(text) && (longest == 0 || utf8.RuneCountInString(text) <= longest)
	}
}

// isPath reports whether a text is the path of a URL, and nothing besides.
func isPath(text string) bool {
	parsed, err := url.ParseRequestURI(text)
	return err == nil && parsed.EscapedPath() == text && len(text) <= 1024 && !strings.Contains(text, "*")
}

// isAmount reports whether a text is a quantity above 0 that Kubernetes keeps as it
// is, to the thousandth.
func isAmount(text string) bool {
	quantity, err := resource.ParseQuantity(text)
	return err == nil && quantity.Sign() > 0 && quantity.Cmp(*resource.NewMilliQuantity(quantity.MilliValue(), quantity.Format)) == 0
}

func isQuantity(text string) bool {
	quantity, err := resource.ParseQuantity(text)
	return err == nil && quantity.Sign() > 0
}

const (
	compute     = "Compute Engine's discovery document"
	tags        = "learn.microsoft.com/azure/azure-resource-manager/management/tag-resources#limitations"
	labels      = "cloud.google.com/compute/docs/labeling-resources#requirements"
	armNames    = "learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules"
	gateways    = "github.com/Azure/application-gateway-kubernetes-ingress/issues/1145"
	managerDocs = "Certificate Manager's discovery document"
	kubernetes  = "k8s.io/apimachinery/pkg/util/validation"
	quantities  = "k8s.io/apimachinery/pkg/api/resource"
)

// Kubernetes' own patterns, which IsQualifiedName and its neighbours check.
const (
	labelText    = `([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]`
	label1123    = `[a-z0-9]([-a-z0-9]*[a-z0-9])?`
	label1035    = `[a-z]([-a-z0-9]*[a-z0-9])?`
	subdomain    = label1123 + `(\.` + label1123 + `)*`
	variableName = `[-._a-zA-Z][-._a-zA-Z0-9]*`
)

var grammars = []grammar{
	{reflect.TypeFor[config.Platform](), "labels", true, labels, matches(`[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{N}_-]{0,62}`, 63)},
	{reflect.TypeFor[config.Platform](), "labels", true, tags, matches(`[^<>%&\\?/]+`, 512)},
	{reflect.TypeFor[config.Platform](), "labels", true, kubernetes, matches(labelText, 63)},
	{reflect.TypeFor[config.Platform](), "labels", false, labels, matches(`[\p{Ll}\p{Lo}\p{N}_-]{0,63}`, 63)},
	{reflect.TypeFor[config.Platform](), "labels", false, tags, matches(`.*`, 256)},
	{reflect.TypeFor[config.Platform](), "labels", false, kubernetes, matches(labelText, 63)},
	{reflect.TypeFor[config.Platform](), "domain", false, kubernetes, matches(subdomain, 253)},
	{reflect.TypeFor[config.Platform](), "dnsLabel", false, armNames + "#microsoftnetwork", matches(`[a-z][a-z0-9-]{1,61}[a-z0-9]|[a-z][a-z0-9]`, 63)},
	{reflect.TypeFor[config.Platform](), "residencies", true, kubernetes, matches(label1123, 63)},
	{reflect.TypeFor[config.Config](), "tenants", true, kubernetes, matches(label1123, 63)},
	{reflect.TypeFor[config.Config](), "tenants", true, armNames + "#microsoftcontainerinstance", matches(`[a-z0-9]+(-[a-z0-9]+)*`, 63)},
	{reflect.TypeFor[config.Config](), "models", true, kubernetes, matches(label1035, 63)},
	{reflect.TypeFor[config.Config](), "models", true, armNames + "#microsoftcontainerinstance", matches(`[a-z0-9]+(-[a-z0-9]+)*`, 63)},
	{reflect.TypeFor[config.Tenant](), "hosts", false, kubernetes, matches(subdomain, 253)},
	{reflect.TypeFor[config.Tenant](), "costCenter", false, kubernetes, matches(labelText, 63)},
	{reflect.TypeFor[config.Tenant](), "costCenter", false, labels + " (lower-cased)", func(text string) bool {
		return matches(`[\p{Ll}\p{Lo}\p{N}_-]{0,63}`, 63)(strings.ToLower(text))
	}},
	{reflect.TypeFor[config.Model](), "paths", false, gateways, matches(`/[A-Za-z0-9\-._~!$()*'+,;=:@/]*`, 0)},
	{reflect.TypeFor[config.Model](), "paths", false, compute + ", PathRule.paths and HttpRouteRuleMatch", matches(`/[^*?#]*|/([^*?#]+/)?\*`, 1024)},
	{reflect.TypeFor[config.Model](), "healthPath", false, compute + ", HTTPHealthCheck.requestPath: RFC 3986", isPath},
	{reflect.TypeFor[config.ModelAzure](), "networkInterfaces", false, armNames + "#microsoftnetwork", matches(`[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9_])?`, 80)},
	{reflect.TypeFor[config.Containers](), "environment", true, "learn.microsoft.com/azure/container-instances/container-instances-troubleshooting", matches(`[A-Za-z]([A-Za-z0-9_]*[A-Za-z0-9])?`, 63)},
	{reflect.TypeFor[config.Containers](), "environment", true, kubernetes, matches(variableName, 0)},
	{reflect.TypeFor[config.Kubernetes](), "cpu", false, quantities, isAmount},
	{reflect.TypeFor[config.Kubernetes](), "memory", false, quantities, isQuantity},
	{reflect.TypeFor[config.GCP](), "certificateMap", false, managerDocs, matches(`projects/[^/]+/locations/[^/]+/certificateMaps/[^/]+`, 0)},
	{reflect.TypeFor[config.GCPRegion](), "certificates", false, managerDocs, matches(`projects/[^/]+/locations/[^/]+/certificates/[^/]+`, 0)},
	{reflect.TypeFor[config.Allow](), "azureRegions", true, "names of locations in az account list-locations", matches(`[a-z0-9]+`, 90)},
	{reflect.TypeFor[config.Allow](), "gcpRegions", true, compute, matches(`[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?`, 63)},
	{reflect.TypeFor[config.Allow](), "machineTypes", true, compute, matches(`[a-z](?:[-a-z0-9]*[a-z0-9])?`, 0)},
	{reflect.TypeFor[config.LogAnalytics](), "workspaceId", false, "RFC 9562", matches(`[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}`, 36)},
}

func (g grammar) rule(t *testing.T) config.Rule {
	t.Helper()
	for _, property := range config.Properties(g.of) {
		if property.Key != g.key {
			continue
		}
		if g.keys {
			return property.Rules.Keys
		}
		return property.Rules.Value
	}
	t.Fatalf("%s has no key %s", g.of, g.key)
	return config.Rule{}
}

// What the rule of a key takes, the cloud that gets the value takes too.
func TestWhatTheRulesTakeTheCloudsTake(t *testing.T) {
	t.Parallel()
	for _, g := range grammars {
		t.Run(g.of.Name()+"."+g.key+" by "+g.source, func(t *testing.T) {
			t.Parallel()
			rule := g.rule(t)
			rapid.Check(t, func(t *rapid.T) {
				text := rapid.StringMatching(rule.Pattern.String()).Filter(rule.Fits).Draw(t, "text")
				if !g.takes(text) {
					t.Fatalf("the rule takes %q, and the cloud does not", text)
				}
			})
		})
	}
}

// Every value of a list has the form that a newer one must have.
func TestKnownValuesHaveTheFormOfNewerOnes(t *testing.T) {
	t.Parallel()
	for _, list := range config.Lists() {
		for _, value := range list.Values {
			if !list.Form.MatchString(value) && value != "WORLD" {
				t.Errorf("%s: %q does not match %s", list.Key, value, list.Form)
			}
		}
	}
}

// An image that is taken is one that a client of a registry understands, and one in
// a registry that the clouds reach.
func TestImagesAreReferences(t *testing.T) {
	t.Parallel()
	for image, taken := range map[string]bool{
		"vllm": true, "vllm/vllm-openai:v0.6.3": true, "ghcr.io/acme/chat@sha256:" + strings.Repeat("0a", 32): true,
		"registry.example.com:5000/chat:1@sha256:" + strings.Repeat("0a", 32): true,
		"chat:" + strings.Repeat("v", 128):                                    true,
		"chat:" + strings.Repeat("v", 129):                                    false,
		"registry.example.com/" + strings.Repeat("a", 256):                    false,
		"ghcr.io/Acme/chat":                                                   false, "ghcr.io/acme/chat@sha256:0a": false, "https://ghcr.io/acme/chat": false,
		"chat:.hidden": false, "chat:": false, "ghcr.io/acme/chat:1 ": false, "": false,
		"localhost/chat": false, "127.0.0.1:5000/chat": false, "10.0.0.4/chat": false,
	} {
		_, err := load(t, edit(t, stack, "image: registry.example.com/chat:1", `image: "`+image+`"`))
		if (err == nil) != taken {
			t.Errorf("%q: %v", image, err)
		}
		if _, parsed := reference.ParseNormalizedNamed(image); taken && parsed != nil {
			t.Errorf("%q is taken, and is no reference: %v", image, parsed)
		}
	}
}
