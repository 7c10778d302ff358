package firewall

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/corazawaf/coraza-coreruleset/v4"
)

// rule is a rule of the core rule set that looks for attacks.
type rule struct {
	id int
	// level is the paranoia level that it is of.
	level int
}

var (
	ruleID    = regexp.MustCompile(`"?id:(\d{6})`)
	ruleLevel = regexp.MustCompile(`tag:'paranoia-level/(\d)'`)
	directive = regexp.MustCompile(`(?m)^Sec(Rule|Action)\b`)
)

// crsRules are the core rule set's rules on requests, sorted by id.
func crsRules() ([]rule, error) {
	files, err := fs.Glob(coreruleset.FS, "@owasp_crs/REQUEST-9*.conf")
	if err != nil {
		return nil, err
	}
	var rules []rule
	for _, file := range files {
		text, err := fs.ReadFile(coreruleset.FS, file)
		if err != nil {
			return nil, err
		}
		rules = append(rules, rulesOf(string(text))...)
	}
	slices.SortFunc(rules, func(a, b rule) int { return a.id - b.id })
	return rules, nil
}

// rulesOf are the rules in the text of a file that have a paranoia level: the others
// set variables, or skip rules.
func rulesOf(text string) []rule {
	var rules []rule
	starts := directive.FindAllStringIndex(text, -1)
	for i, start := range starts {
		end := len(text)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		id, level := ruleID.FindStringSubmatch(text[start[0]:end]), ruleLevel.FindStringSubmatch(text[start[0]:end])
		if id != nil && level != nil {
			rules = append(rules, rule{number(id[1]), number(level[1])})
		}
	}
	return rules
}

func number(digits string) int {
	value, err := strconv.Atoi(digits)
	if err != nil {
		panic(fmt.Sprintf("%q: %v", digits, err)) // the regular expressions take digits only
	}
	return value
}

// group is what a rule is about, by the number that its id begins with.
func group(id int) int { return id / 1000 }

// removal is the directive that takes rules out; none for none.
func removal(ids []int) string {
	if len(ids) == 0 {
		return ""
	}
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = strconv.Itoa(id)
	}
	return "SecRuleRemoveById " + strings.Join(texts, " ")
}
