package config_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ai-serving/internal/config"
	"ai-serving/internal/testkit/stackfile"
)

// Every error of the tables has the place of what it is about: the value,
// the key, or the object that lacks one.
func TestEveryErrorPointsToItsPathInTheFile(t *testing.T) {
	t.Parallel()
	for _, table := range refusalTables {
		for name, refused := range table {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				text := edit(t, stack, refused.edits...)
				_, err := load(t, text)
				for _, found := range findings(err) {
					if problem := misplaced(text, found); problem != "" {
						t.Errorf("%s:%d:%d: %s: %s", found.file, found.line, found.column, found.text, problem)
					}
				}
			})
		}
	}
}

// misplaced reports what stands at the place of an error, unless that is a part of
// its path or its value.
func misplaced(text string, found finding) string {
	path, message, _ := strings.Cut(found.text, ": ")
	if found.line == 0 {
		section := strings.Split(strings.TrimPrefix(path, "ai-serving:"), ".")[0]
		if strings.Contains(text, "\n  ai-serving:"+section+":") && path != "stack" {
			return "has no place"
		}
		return ""
	}
	lines := strings.Split(text, "\n")
	rest := lines[found.line-1][found.column-1:]
	steps := strings.FieldsFunc(strings.TrimPrefix(path, "ai-serving:"), func(r rune) bool { return strings.ContainsRune(".[]", r) })
	unquoted := strings.TrimLeft(rest, `"'`)
	if slices.ContainsFunc(steps, func(step string) bool {
		return strings.HasPrefix(unquoted, step) || strings.HasPrefix(rest, "ai-serving:"+step)
	}) {
		return ""
	}
	kind, value, _ := strings.Cut(message, ": ")
	value = strings.Trim(strings.SplitN(value, ": ", 2)[0], `"'`)
	inList := strings.Contains(path, "]") && (strings.HasPrefix(rest, "{") || kind == "Forbidden")
	if strings.HasPrefix(unquoted, value) || inList {
		return ""
	}
	return fmt.Sprintf("there stands %q", rest)
}

func TestErrorsAreInTheOrderOfTheFileWithLineAndColumn(t *testing.T) {
	t.Parallel()
	_, err := load(t, edit(t, stack,
		"port: 8080", `port: "8080"`,
		"cpu: 500m", "cores: 500m",
		"westeurope: {cidr: 10.10.0.0/16}", "westeurope: {cidr: 10.10.0.1/16}",
		"models: [chat, embed]", "models: [chat, embd]",
		"isolation: bridge", "isolaton: bridge",
	))
	want := `stack test has 6 errors, and nothing was changed:
  Pulumi.test.yaml:11:13: ai-serving:models.chat.port: Invalid value: "8080": must be a whole number, without quotes
  Pulumi.test.yaml:15:13: ai-serving:models.chat.gcp.kubernetes.cpu: Required value
  Pulumi.test.yaml:15:26: ai-serving:models.chat.gcp.kubernetes.cores: Forbidden: unknown key; known are args, command, cpu, environment, gpu, image, memory, replicas, scaling, scratch, secretEnvironment, sharedMemory, user, weights, writable
  Pulumi.test.yaml:25:26: ai-serving:azure.regions.westeurope.cidr: Invalid value: "10.10.0.1/16": must be a private IPv4 network in CIDR form, such as 10.10.0.0/16
  Pulumi.test.yaml:33:27: ai-serving:tenants.acme.models[1]: Invalid value: "embd": is not in the model catalogue (did you mean "embed"?): chat, embed
  Pulumi.test.yaml:34:30: ai-serving:tenants.globex.isolaton: Forbidden: unknown key (did you mean "isolation"?); known are canary, costCenter, enabled, gateway, hosts, isolation, maxStreamSeconds, models, rateLimitPerMinute, regions, replicas, residency`
	if err == nil {
		t.Fatal("the stack file was accepted")
	}
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// YAML reads 0123 as the number 83, and 2024-08-06 as a time of day. The engine
// hands over what YAML has read; the error shows what the file says.
func TestWhatYAMLChangesHasToBeInQuotes(t *testing.T) {
	t.Parallel()
	for value, shown := range map[string]string{
		"2024-08-06": "2024-08-06", "2024-08-06T10:00:00Z": "2024-08-06T10:00:00Z", "0123": "0123", "1_000": "1_000", "0x1F": "0x1F",
		"1e3": "1e3", "1.0": "1.0", "true": "true",
	} {
		t.Run(value, func(t *testing.T) {
			t.Parallel()
			text := edit(t, stack,
				"containers: {cpu: 1, memoryGiB: 1.5}", "containers: {cpu: 1, memoryGiB: 1.5, environment: {VALUE: "+value+"}}",
				"isolation: bridge", "isolation: bridge, costCenter: "+value)
			_, err := load(t, text)
			want := []string{
				"ai-serving:models.chat.azure.containers.environment.VALUE: Invalid value: " + shown + ": must be a string: put it in quotes",
				"ai-serving:tenants.globex.costCenter: Invalid value: " + shown + ": must be a string: put it in quotes",
			}
			if err == nil {
				t.Fatal("the stack file was accepted")
			}
			if diff := cmp.Diff(want, lines(err)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// An environment of Pulumi ESC, or a flag, may set a key too. Errors about such a
// value do not point into the file.
func TestAValueThatIsNotTheFilesHasNoPlace(t *testing.T) {
	t.Parallel()
	file, err := stackfile.Read("test", stack)
	if err != nil {
		t.Fatal(err)
	}
	file.Values["ai-serving:tenants"] = `{"acme": {"models": ["chta"]}}`
	_, err = config.Load(file)
	if err == nil || findings(err)[0].line != 0 || !strings.Contains(err.Error(), `Pulumi.test.yaml: ai-serving:tenants.acme.models[0]: Invalid value: "chta"`) {
		t.Errorf("got %v", err)
	}
}

func TestASecondYAMLDocumentIsRefused(t *testing.T) {
	t.Parallel()
	_, err := load(t, stack+"---\nconfig:\n  ai-serving:tenants: {}\n")
	want := finding{"Pulumi.test.yaml", 35, 1, `a second YAML document begins here and would be ignored: join it with the first, and remove the line "---"`}
	if err == nil {
		t.Fatal("the stack file was accepted")
	}
	if diff := cmp.Diff([]finding{want}, findings(err), cmp.AllowUnexported(finding{})); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
