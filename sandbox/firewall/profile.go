package firewall

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"ai-serving/internal/firewall"
)

// base are the directives that come before the core rule set's own: those that Coraza
// recommends for request bodies. All rules up to paranoia level 4 run, but those that
// a profile removes.
const base = `
SecRuleEngine %s
SecRequestBodyAccess On
SecRequestBodyLimit 16777216
SecRequestBodyInMemoryLimit 16777216
SecArgumentsLimit 100000
SecRule REQUEST_HEADERS:Content-Type "^(?:application(?:/soap\+|/)|text/)xml" "id:200000,phase:1,t:none,t:lowercase,pass,nolog,ctl:requestBodyProcessor=XML"
SecRule REQBODY_ERROR "!@eq 0" "id:200002,phase:2,t:none,log,deny,status:400,msg:'Failed to parse the body'"
SecRule REQUEST_HEADERS:Sandbox-Cut "@streq 1" "id:200010,phase:1,t:none,pass,nolog,ctl:ruleRemoveById=200002"
SecAction "id:900000,phase:1,pass,nolog,setvar:tx.blocking_paranoia_level=%d"
`

// parsedJSON makes arguments of the fields of JSON.
const parsedJSON = `
SecRule REQUEST_HEADERS:Content-Type "^application/json" "id:200001,phase:1,t:none,t:lowercase,pass,nolog,ctl:requestBodyProcessor=JSON"
SecRule REQUEST_HEADERS:Content-Type "^application/[a-z0-9.-]+[+]json" "id:200006,phase:1,t:none,t:lowercase,pass,nolog,ctl:requestBodyProcessor=JSON"
`

// coreRules are the core rule set itself.
const coreRules = `
Include @crs-setup.conf.example
Include @owasp_crs/REQUEST-*.conf
`

// azureInspected is how much of a body Application Gateway looks at: what the program
// asks for, and Azure's default.
const azureInspected = 128 << 10

// newAzure is the core rule set as Microsoft's default rule set of a version: anomaly
// scores, with a threshold of 5; the rules of paranoia level 1, and of those above it
// the ones that the version has on. A rule of the core rule set 3.3 may have another
// level in 4: Microsoft's counts.
func newAzure(version string, exclusions []firewall.Exclusion) (engine, error) {
	rules, err := crsRules()
	if err != nil {
		return engine{}, err
	}
	directives := append([]string{fmt.Sprintf(base, "On", 4), parsedJSON, coreRules}, excluding(exclusions)...)
	return newEngine(azureInspected, append(directives, removal(besides(rules, drsOn(version))))...)
}

// drsOn are the rules that a version of Microsoft's default rule set has on.
func drsOn(version string) []int {
	if version == "2.1" {
		return slices.Concat(drsRules[1], drsRules[2])
	}
	return drsRules[1]
}

// besides are the rules above paranoia level 1 that are not on.
func besides(rules []rule, on []int) []int {
	var ids []int
	for _, rule := range rules {
		if rule.level > 1 && !slices.Contains(on, rule.id) {
			ids = append(ids, rule.id)
		}
	}
	return ids
}

// drsGroups are what the ids of the rules in a rule group of Microsoft's begin with.
// The rules of Microsoft's own groups are not published.
var drsGroups = map[string]int{
	"METHOD-ENFORCEMENT": 911, "PROTOCOL-ENFORCEMENT": 920, "PROTOCOL-ATTACK": 921, "LFI": 930, "RFI": 931,
	"RCE": 932, "PHP": 933, "NODEJS": 934, "XSS": 941, "SQLI": 942, "FIX": 943, "JAVA": 944,
}

// excluding are the directives for some exclusions.
func excluding(exclusions []firewall.Exclusion) []string {
	var directives []string
	for _, exclusion := range exclusions {
		for _, rules := range rulesOfGroups(exclusion.Groups) {
			directives = append(directives, fmt.Sprintf("SecRuleUpdateTargetById %s \"%s\"", rules, target(exclusion)))
		}
	}
	return directives
}

// rulesOfGroups are the ids of the rules of groups, or ranges of them; all rules if
// there is no group.
func rulesOfGroups(groups []firewall.Group) []string {
	if groups == nil {
		for _, name := range slices.Sorted(maps.Keys(drsGroups)) {
			groups = append(groups, firewall.Group{Name: name})
		}
	}
	var ids []string
	for _, group := range groups {
		if ids = append(ids, group.Rules...); group.Rules == nil && drsGroups[group.Name] != 0 {
			ids = append(ids, fmt.Sprintf("%d000-%[1]d999", drsGroups[group.Name]))
		}
	}
	return ids
}

// target is what an exclusion takes from a rule. Coraza has "json." before the name of
// a field of JSON, which Azure has not.
func target(exclusion firewall.Exclusion) string {
	variable := map[string]string{"RequestArgNames": "ARGS", "RequestArgValues": "ARGS", "RequestArgKeys": "ARGS_NAMES"}[exclusion.Variable]
	pattern := regexp.QuoteMeta(exclusion.Selector)
	switch exclusion.Operator {
	case "StartsWith":
		pattern = `^(?:json[.])?` + pattern
	case "EndsWith":
		pattern += "$"
	case "Equals":
		pattern = `^(?:json[.])?` + pattern + "$"
	}
	return "!" + variable + ":/" + strings.ReplaceAll(pattern, "/", `\/`) + "/"
}
