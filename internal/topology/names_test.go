package topology

import (
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ai-serving/internal/config"
	"ai-serving/internal/testkit/stackfile"
)

// derived are the names that the clouds get as they are, by the type and the field,
// with the pattern that the cloud publishes for them.
var derived = map[string]*regexp.Regexp{
	// Sources: learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules,
	// and the descriptions of dnsSettings.domainNameLabel and dnsConfig.relativeName.
	"Gateway.DNSLabel":    regexp.MustCompile(`^[a-z][a-z0-9-]{1,61}[a-z0-9]$`),
	"Profile.DNSName":     regexp.MustCompile(`^[a-z][a-z0-9-]{0,61}[a-z0-9]$`),
	"Gateway.Name":        regexp.MustCompile(`^[a-z0-9]([a-z0-9_.-]{0,78}[a-z0-9_])?$`),
	"Listener.Name":       regexp.MustCompile(`^[a-z0-9]([a-z0-9_.-]{0,78}[a-z0-9_])?$`),
	"ContainerGroup.Name": regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`),
	// Sources: k8s.io/apimachinery/pkg/util/validation; names of Services are the strictest.
	"Workload.Key":         regexp.MustCompile(`^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$`),
	"Deployment.Namespace": regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`),
	// Sources: PathMatcher.name and HostRule.hosts in Compute Engine's discovery document.
	"VirtualHost.Name": regexp.MustCompile(`^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$`),
}

var (
	// hostPattern is a DNS name, of 253 characters at most.
	hostPattern = regexp.MustCompile(`^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$`)
	// Source: cloud.google.com/compute/docs/labeling-resources#requirements. Kubernetes
	// wants a letter or digit at both ends of a value.
	labelKeyPattern   = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,62}$`)
	labelValuePattern = regexp.MustCompile(`^([a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?)?$`)
)

// Whatever a stack file that loads calls its parts, the clouds take the names,
// labels and hosts that are made of them.
func TestNamesMadeOfAnyOthersFitTheClouds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		project, stack, text := longStack(t)
		file, err := stackfile.Read(stack, text)
		if err != nil {
			t.Fatal(err)
		}
		values := map[string]string{}
		for key, value := range file.Values {
			values[strings.Replace(key, "ai-serving:", project+":", 1)] = value
		}
		file.Project, file.Values = project, values
		loaded, err := config.Load(file)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		resolved, err := Resolve(project, stack, loaded)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		seen := map[string]int{}
		eachText(reflect.ValueOf(resolved), "", func(at, text string) { seen[at]++; checkText(t, at, text) }, func(labels map[string]string) {
			if most := 50; len(labels) > most {
				t.Fatalf("%d labels, and Azure takes %d tags", len(labels), most)
			}
		})
		for at := range derived {
			if seen[at] == 0 {
				t.Fatalf("nothing has a %s", at)
			}
		}
	})
}

func checkText(t *rapid.T, at, text string) {
	t.Helper()
	if pattern, named := derived[at]; named && !pattern.MatchString(text) {
		t.Fatalf("%s %q does not match %s", at, text, pattern)
	}
	switch _, field, _ := strings.Cut(at, "."); {
	case (field == "Host" || field == "Hosts" || field == "HealthHost") && text != "" && (len(text) > 253 || !hostPattern.MatchString(text)):
		t.Fatalf("%s %q is no DNS name", at, text)
	case field == "Labels keys" && !labelKeyPattern.MatchString(text):
		t.Fatalf("%s %q is no key of a label", at, text)
	case field == "Labels" && !labelValuePattern.MatchString(text):
		t.Fatalf("%s %q is no value of a label", at, text)
	}
}

// eachText visits the texts below a value, by the type and the field that have
// them, and the maps of labels.
func eachText(value reflect.Value, at string, visit func(at, text string), labels func(map[string]string)) {
	switch value.Kind() {
	case reflect.String:
		visit(at, value.String())
	case reflect.Pointer:
		if !value.IsNil() {
			eachText(value.Elem(), at, visit, labels)
		}
	case reflect.Struct:
		for i := range value.NumField() {
			if field := value.Type().Field(i); field.IsExported() {
				eachText(value.Field(i), value.Type().Name()+"."+field.Name, visit, labels)
			}
		}
	case reflect.Slice:
		for i := range value.Len() {
			eachText(value.Index(i), at, visit, labels)
		}
	case reflect.Map:
		if all, ok := value.Interface().(map[string]string); ok && strings.HasSuffix(at, ".Labels") {
			labels(all)
		}
		for _, key := range value.MapKeys() {
			if key.Kind() == reflect.String {
				visit(at+" keys", key.String())
			}
			eachText(value.MapIndex(key), at, visit, labels)
		}
	}
}

// anyID is what a tenant, a model, a residency, a project or a stack may be called:
// short, or as long as may be. Words that Azure keeps for itself are refused before.
var anyID = rapid.OneOf(
	rapid.StringMatching(`[a-z]([a-z0-9]|-[a-z0-9]){0,14}`),
	rapid.Map(rapid.StringMatching(`[a-z]`), func(first string) string { return first + strings.Repeat("-b", 14) + "c" }),
).Filter(func(id string) bool {
	return len(id) <= 30 && !strings.Contains(id, "login") && !strings.Contains(id, "xbox")
})

func distinct(t *rapid.T, what string, count int) []string {
	return rapid.SliceOfNDistinct(anyID, count, count, rapid.ID[string]).Draw(t, what)
}

// longStack is a stack whose parts are called anything that the rules allow.
func longStack(t *rapid.T) (project, stack, text string) {
	ids, models, tenants := distinct(t, "names", 3), distinct(t, "models", 3), distinct(t, "tenants", 4)
	residency, project, stack := ids[0], ids[1], ids[2]
	azure := rapid.SampledFrom([]string{"germanywestcentral", "northcentralus", "uksouth"}).Draw(t, "azure")
	google := rapid.SampledFrom([]string{"northamerica-northeast1", "us-south1"}).Draw(t, "google")
	labels := make([]string, 43)
	for i := range labels {
		labels[i] = fmt.Sprintf("l%02d%s: x%s", i, strings.Repeat("k", 60), strings.Repeat("v", 62))
	}
	var catalogue strings.Builder
	for i, model := range models {
		fmt.Fprintf(&catalogue, "    %s: {image: example.com/x, port: 8080, healthPath: /, paths: [/v%d/*], "+
			"azure: {containers: {cpu: 1, memoryGiB: 1}}, gcp: {kubernetes: {cpu: 100m, memory: 128Mi}}}\n", model, i)
	}
	return project, stack, `
config:
  gcp:project: ` + "p" + strings.Repeat("p", 29) + `
  ai-serving:platform:
    domain: ` + strings.Repeat("d", rapid.IntRange(1, 63).Draw(t, "length of the domain's label")) + `.example.com
    dnsLabel: ` + "d" + strings.Repeat("-l", rapid.SampledFrom([]int{1, 17}).Draw(t, "parts of the label")) + `nn
    tls: none
    labels: {` + strings.Join(labels, ", ") + `}
    residencies: {` + residency + `: [azure/` + azure + `, gcp/` + google + `]}
    traffic: {nested: ` + strconv.FormatBool(rapid.Bool().Draw(t, "nested")) + `}
  ai-serving:models:
` + catalogue.String() + `
  ai-serving:azure:
    regions: {` + azure + `: {cidr: 10.10.0.0/16}}
  ai-serving:gcp:
    authorizedNetworks: {office: 203.0.113.0/24}
    regions: {` + google + `: {cidr: 10.20.0.0/16, nodes: {machineType: e2-standard-32}}}
  ai-serving:tenants:
    ` + tenants[0] + `: {models: [` + strings.Join(models, ", ") + `], costCenter: C` + strings.Repeat("c", 62) + `}
    ` + tenants[1] + `: {models: [` + models[0] + `], residency: ` + residency + `, isolation: bridge, gateway: 99}
    ` + tenants[2] + `: {models: [` + models[1] + `], regions: [gcp/` + google + `, azure/` + azure + `], isolation: silo, gateway: 2}
    ` + tenants[3] + `: {models: [` + strings.Join(models, ", ") + `], isolation: silo}
`
}
