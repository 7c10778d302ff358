package rules_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ai-serving/sandbox/azure"
	"ai-serving/sandbox/gcp/refusals"
	"ai-serving/sandbox/gcp/rest"
	"ai-serving/sandbox/golden"
	"ai-serving/sandbox/kubernetes"
	"ai-serving/sandbox/rules"
)

// sets are the rules of the sandbox, and the packages that enforce and test them.
var sets = []struct {
	cloud string
	about string
	dir   string // below sandbox/
	rules *rules.Set
}{
	{"Azure", "Azure Resource Manager", "azure", &azure.Rules},
	{"Google Cloud", "What Google refuses though its API descriptions allow it", "gcp/refusals", &refusals.Rules},
	{"Google's APIs", "What each request to Google's APIs has to be", "gcp/rest", &rest.Rules},
	{"Kubernetes", "What the API server refuses that the program could meet, as Pulumi's own provider passes it on", "kubernetes", &kubernetes.Rules},
}

const catalogue = `# What the sandbox refuses

Generated from the code by ` + "`make generate`" + `. A rule is refused with the cloud's status and code. The test of a rule makes the mistake, which exactly this rule has to refuse, and then sends the same request in its right form, which has to pass; a rule without both fails ` + "`make test`" + `.

Beyond these rules, every request has to fit the cloud's own description of its API: Microsoft's type definitions, the schemas and the code of Google's Terraform provider, Google's discovery documents, and the schema of a running Kubernetes API server.
`

// TestTheCatalogueIsUpToDate generates RULES.md.
func TestTheCatalogueIsUpToDate(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	text.WriteString(catalogue + "\n| cloud | rules | run their tests by |\n|---|---|---|\n")
	for _, set := range sets {
		fmt.Fprintf(&text, "| %s | %d | `go -C sandbox test ./%s -run '^TestRules$'` |\n", set.cloud, len(set.rules.All()), set.dir)
	}
	named := map[string]bool{}
	for _, set := range sets {
		fmt.Fprintf(&text, "\n## %s\n\n%s.\n\n| rule, and test `TestRules/…` | asks | answer | source |\n|---|---|---|---|\n", set.cloud, set.about)
		for _, rule := range set.rules.All() {
			if named[rule.Name] {
				t.Errorf("two rules are named %s", rule.Name)
			}
			named[rule.Name] = true
			fmt.Fprintf(&text, "| `%s` | %s | %d %s | %s |\n", rule.Name, cell(rule.Asks), rule.Status, cell(rule.Code), cell(rule.Source))
		}
	}
	golden.Compare(t, filepath.Join("..", "RULES.md"), text.String())
}

// cell is a text inside a Markdown table.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "<", "&lt;", "*", `\*`, "\n", " ").Replace(text)
}

// TestEverySetIsTested: the packages that add rules run their examples.
func TestEverySetIsTested(t *testing.T) {
	t.Parallel()
	for _, set := range sets {
		files, err := filepath.Glob(filepath.Join("..", set.dir, "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		if !anyContains(t, files, "func TestRules(", "rulestest.Run(t, &") {
			t.Errorf("no test of %s runs the examples of its rules", set.dir)
		}
	}
}

func anyContains(t *testing.T, files []string, parts ...string) bool {
	t.Helper()
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		found := true
		for _, part := range parts {
			found = found && strings.Contains(string(text), part)
		}
		if found {
			return true
		}
	}
	return false
}
