package mutants

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"sigs.k8s.io/yaml"
)

// judgement is what is known of the clouds beyond what the run measures: why
// they, too, accept what survives, let go what is used, and what they do not
// change; and which types are out of its reach.
type judgement struct {
	Survivors []explanation `json:"survivors"`
	// Holes are mistakes that the cloud would refuse and the sandbox does not.
	Holes []explanation `json:"holes"`
	// Crashes are mistakes that end the provider's own code.
	Crashes []explanation `json:"crashes"`
	// Deletions are of types whose resources the cloud deletes while others
	// use them.
	Deletions []explanation `json:"deletions"`
	// Immutable are properties that the cloud does not change, beyond those
	// that the types have as such.
	Immutable []struct {
		Type       string   `json:"type"`
		Properties []string `json:"properties"`
		Source     string   `json:"source"`
	} `json:"immutable"`
}

// explanation is why a class of things is as it is in the cloud too.
type explanation struct {
	Why string `json:"why"`
	// Of are patterns, in which a star stands for anything: TYPE, and for
	// mutants TYPE | PATH | MUTATOR.
	Of []string `json:"of"`
}

func readJudgement() (judgement, error) {
	var j judgement
	text, err := os.ReadFile(filepath.Join("testdata", "judgement.yaml"))
	if err != nil {
		return j, err
	}
	return j, yaml.UnmarshalStrict(text, &j)
}

// immutable are the paths that are declared for a type.
func (j judgement) immutable(token string) []string {
	var paths []string
	for _, declared := range j.Immutable {
		if declared.Type == token {
			paths = append(paths, declared.Properties...)
		}
	}
	return paths
}

// explanations finds the reasons for things, and knows which were used.
type explanations struct {
	patterns []*pattern
}

type pattern struct {
	text, why string
	matches   *regexp.Regexp
	used      int
}

// compile prepares explanations. One without a reason is refused, and one that
// explains everything.
func compile(all []explanation) (*explanations, error) {
	e := &explanations{}
	for _, class := range all {
		if class.Why == "" || len(class.Of) == 0 {
			return nil, fmt.Errorf("an explanation is not complete: %+v", class)
		}
		for _, text := range class.Of {
			parts := strings.Split(text, " | ")
			if parts[0] == "*" && len(parts) == 1 || len(parts) == 3 && parts[1] == "*" && (parts[0] == "*" || parts[2] == "*") {
				return nil, fmt.Errorf("%q explains everything", text)
			}
			matches := regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(text), `\*`, ".*") + "$")
			e.patterns = append(e.patterns, &pattern{text: text, why: class.Why, matches: matches})
		}
	}
	return e, nil
}

// why gives the reason for something; "" if there is none.
func (e *explanations) why(parts ...string) string {
	for _, p := range e.patterns {
		if p.matches.MatchString(strings.Join(parts, " | ")) {
			p.used++
			return p.why
		}
	}
	return ""
}

// unused are the patterns that explained nothing.
func (e *explanations) unused() []string {
	var texts []string
	for _, p := range e.patterns {
		if p.used == 0 {
			texts = append(texts, p.text)
		}
	}
	return texts
}
