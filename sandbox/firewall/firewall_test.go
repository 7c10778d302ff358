package firewall

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"

	"ai-serving/internal/firewall"
	"ai-serving/sandbox/golden"
)

var page = filepath.Join("..", "..", "docs", "firewall.md")

// regressions are read once.
var regressions = sync.OnceValues(readAttacks)

func attacks(t *testing.T) []Attack {
	t.Helper()
	read, err := regressions()
	if err != nil {
		t.Fatal(err)
	}
	return read
}

func compared(t *testing.T, name string, compare func() (comparison, error)) column {
	t.Helper()
	made, err := compare()
	if err != nil {
		t.Fatal(err)
	}
	return column{name: name, compare: made}
}

func azureColumn(t *testing.T, name, version string) column {
	return compared(t, name, func() (comparison, error) { return azure(version) })
}

// todayColumn is what was before there were defaults.
func todayColumn(t *testing.T) column {
	made := compared(t, "DRS 2.2 with the one exclusion", func() (comparison, error) { return azureUnder(drsDefault, today) })
	made.alone = true
	return made
}

func googleColumn(t *testing.T, name string, parsed bool) column {
	return compared(t, name, func() (comparison, error) { return google(parsed) })
}

func counted(t *testing.T, samples []sample, columns []column) []tally {
	t.Helper()
	tallies, err := count(samples, columns, runtime.GOMAXPROCS(0))
	if err != nil {
		t.Fatal(err)
	}
	return tallies
}

// The page has what is counted here. A prompt that is refused, or an attack that passes
// and is not in the page, fails the test.
func TestThePageSaysWhatIsRefused(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	now := string(text)
	for part, generated := range map[string]string{
		"prompts": promptsPart(t), "attacks": attacksPart(t), "attacks elsewhere": elsewherePart(t),
	} {
		if now, err = replaced(now, part, generated); err != nil {
			t.Fatal(err)
		}
	}
	golden.Compare(t, page, now)
}

func promptsPart(t *testing.T) string {
	t.Helper()
	prompts := allPrompts(t)
	columns := []column{
		azureColumn(t, "DRS 2.2", drsDefault),
		todayColumn(t),
		azureColumn(t, "DRS 2.1", "2.1"),
		googleColumn(t, "Cloud Armor", true),
		googleColumn(t, "Cloud Armor, JSON not parsed", false),
	}
	tallies := counted(t, promptSamples(prompts), columns)
	for i, column := range columns {
		for _, tally := range tallies {
			for _, name := range tally.cells[i].refused {
				t.Errorf("%s refuses a prompt: %s, %q", column.name, tally.row, name)
			}
		}
	}
	return promptTable(tallies, columns)
}

// allPrompts are those of testdata, and those that quote attacks.
func allPrompts(t *testing.T) []Prompt {
	t.Helper()
	prompts, err := readPrompts(filepath.Join("testdata", "prompts"))
	if err != nil {
		t.Fatal(err)
	}
	quotes, err := quoted(attacks(t))
	if err != nil {
		t.Fatal(err)
	}
	return append(prompts, quotes...)
}

func attacksPart(t *testing.T) string {
	t.Helper()
	columns := []column{azureColumn(t, "DRS 2.2", drsDefault), googleColumn(t, "Cloud Armor", true)}
	tallies := counted(t, attackSamples(attacks(t)), columns)
	return attackTable(tallies, columns) + "\nNot refused any more, by rule and test:\n\n" + survivors(tallies, columns)
}

func elsewherePart(t *testing.T) string {
	t.Helper()
	columns := []column{azureColumn(t, "DRS 2.2", drsDefault), googleColumn(t, "Cloud Armor", true)}
	tallies := counted(t, attackSamples(transplanted(attacks(t))), columns)
	return attackTable(tallies, columns) + "\nNot refused any more, by rule and test:\n\n" + survivors(tallies, columns)
}

func TestThereAreAtLeast150BodiesOfOurOwn(t *testing.T) {
	t.Parallel()
	prompts, err := readPrompts(filepath.Join("testdata", "prompts"))
	if err != nil {
		t.Fatal(err)
	}
	if len(prompts) < 150 {
		t.Errorf("there are %d bodies, want 150 at least", len(prompts))
	}
	names := map[string]bool{}
	for _, prompt := range prompts {
		if names[prompt.Kind+prompt.Name] {
			t.Errorf("%s, %q: the name is there twice", prompt.Kind, prompt.Name)
		}
		names[prompt.Kind+prompt.Name] = true
	}
}

// A server of a known kind has fewer exclusions. They are enough for its own bodies.
func TestTheExclusionsOfAServerAreEnoughForIt(t *testing.T) {
	t.Parallel()
	prompts, err := readPrompts(filepath.Join("testdata", "prompts"))
	if err != nil {
		t.Fatal(err)
	}
	for _, preset := range []string{"llamacpp", "sglang", "tei", "triton", "vllm"} {
		engine, err := newAzure(drsDefault, firewall.Exclusions(drsDefault, preset))
		if err != nil {
			t.Fatal(err)
		}
		for _, prompt := range prompts {
			if prompt.Server != preset || len(prompt.Request.Body) > 20_000 {
				continue
			}
			verdict, err := engine.run(prompt.Request)
			if err != nil {
				t.Fatal(err)
			}
			if verdict.Blocked {
				t.Errorf("%s refuses %s, %q: rules %v", preset, prompt.Kind, prompt.Name, verdict.Rules)
			}
		}
	}
}

const drsDefault = "2.2"

// The names of Google's rules, and their signatures, are those of rules that the core
// rule set of that release has.
func TestTheSignaturesAreThere(t *testing.T) {
	t.Parallel()
	rules, err := crsRules()
	if err != nil {
		t.Fatal(err)
	}
	for set, ids := range firewall.Blind() {
		for _, id := range ids {
			found := slices.ContainsFunc(rules, func(r rule) bool { return r.id == id && r.level == 1 && firewall.SetOf(id) == set })
			if !found {
				t.Errorf("%s: there is no rule %d of paranoia level 1", set, id)
			}
		}
	}
}

func TestTheRulesOfTheCoreRuleSetAreRead(t *testing.T) {
	t.Parallel()
	rules, err := crsRules()
	if err != nil {
		t.Fatal(err)
	}
	levels := map[int]int{}
	for _, rule := range rules {
		levels[rule.level]++
	}
	if levels[1] < 100 || levels[2] < 50 || levels[3] == 0 || levels[4] == 0 {
		t.Errorf("rules by paranoia level: %v", levels)
	}
}
