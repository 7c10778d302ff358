package firewall

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

const (
	// Sensitivity is that of Google's preconfigured rules: the core rule set's
	// paranoia level. At 1 are the signatures that least often match what is no attack.
	// Source: cloud.google.com/armor/docs/rule-tuning.
	Sensitivity = 1

	// crsVersion is the core rule set's release that the rules are of, as it is in the
	// names of Google's sets, and crsSignature as it is in those of signatures: 4.22.0,
	// which Google advises over 3.3 and 3.0.
	// Source: cloud.google.com/armor/docs/waf-rules.
	crsVersion   = "v422"
	crsSignature = "v042200"
)

// set is one of Google's sets of preconfigured rules.
type set struct {
	name string
	// group is what the ids of its rules begin with, in the core rule set.
	group int
}

// sets are Google's. The core rule set's other rules on requests, those on the form of
// the protocol (920) and of multipart bodies (922), Google has not.
// Source: cloud.google.com/armor/docs/waf-rules.
var sets = []set{
	{"methodenforcement", 911},
	{"scannerdetection", 913},
	{"protocolattack", 921},
	{"lfi", 930},
	{"rfi", 931},
	{"rce", 932},
	{"php", 933},
	{"generic", 934},
	{"xss", 941},
	{"sqli", 942},
	{"sessionfixation", 943},
	{"java", 944},
}

// SetOf is the name of Google's set that a rule of the core rule set is in, without a
// version, or "".
func SetOf(id int) string {
	i := slices.IndexFunc(sets, func(s set) bool { return s.group == id/1000 })
	if i < 0 {
		return ""
	}
	return sets[i].name
}

// blind are the signatures that are on for prompts, too: they look at headers, at the
// path, at names of arguments or at files, and not at what an argument or a body says.
// Cloud Armor has no exclusion for a body. Its exclusions by name are for parameters
// "in the query string or in the POST body", and whether a field of JSON is one is
// not written anywhere.
// Source: cloud.google.com/compute/docs/reference/rest/v1/securityPolicies
// (preconfiguredWafConfig.exclusions).
var blind = map[string][]int{
	"protocolattack":  {921140, 921150, 921160, 921190, 921240, 921250, 921421},
	"lfi":             {930130},
	"rce":             {932170, 932180},
	"php":             {933110},
	"sessionfixation": {943110, 943120},
	"java":            {944140},
}

// Blind are the ids of the rules that are on for prompts, too, by Google's set.
func Blind() map[string][]int { return maps.Clone(blind) }

// GoogleRule refuses the requests that an expression of Cloud Armor's holds for.
type GoogleRule struct {
	// Name is the rule's among the others.
	Name       string
	Expression string
}

// GoogleRules are the rules that refuse attacks, in the order of their priorities. All
// of them have the same action: none hides another.
//
// A request whose body is JSON, or tensors of Triton's, is a prompt to them. What looks
// into bodies is off for it, and its query, path and headers may have plain characters
// only. All else goes through all of Google's signatures.
//
// An expression has five subexpressions at most, and 2,048 characters: hence so many
// rules.
// Source: cloud.google.com/armor/quotas.
func GoogleRules() []GoogleRule {
	return []GoogleRule{
		{"form", or(all("methodenforcement"), all("scannerdetection"), some("protocolattack"), some("lfi"), some("sessionfixation"))},
		{"files", or(some("rce"), some("php"), some("java"))},
		{"protocol", besidesPrompts(all("protocolattack"), all("lfi"))},
		{"execution", besidesPrompts(all("rfi"), all("rce"))},
		{"languages", besidesPrompts(all("php"), all("generic"))},
		{"injection", besidesPrompts(all("xss"), all("sqli"))},
		{"sessions", besidesPrompts(all("java"), all("sessionfixation"))},
		{"tensors", and("has(request.headers['"+TensorHeader+"'])", "has(request.headers['content-type'])",
			"!(request.headers['content-type'].lower().matches('"+JSONType+"|"+tensorType+"'))")},
		{"address", and(prompt, "("+or(odd("request.query", OddQuery), odd("request.path", OddPath))+")")},
		{"client", or(oddHeader("cookie", OddCookie), oddHeader("user-agent", OddHeader))},
		{"source", or(oddHeader("referer", OddHeader), oddHeader("x-forwarded-for", OddHeader))},
	}
}

// prompt holds for requests with a body of JSON, and for those with one of tensors: text
// is as it is in them. A GET has no type of a body, and so has to be asked for one first.
// Triton's own library sends no type with tensors, but the header.
// Sources: docs.nvidia.com/deeplearning/triton-inference-server: binary tensor data
// extension; github.com/triton-inference-server/client:
// src/python/library/tritonclient/http/_client.py.
var prompt = "(" + or("("+and("has(request.headers['content-type'])", "request.headers['content-type'].lower().matches('"+JSONType+"')")+")",
	"has(request.headers['"+TensorHeader+"'])") + ")"

func besidesPrompts(expressions ...string) string {
	return and("!"+prompt, "("+or(expressions...)+")")
}

func and(expressions ...string) string { return strings.Join(expressions, " && ") }
func or(expressions ...string) string  { return strings.Join(expressions, " || ") }

// all are the signatures of a set at the sensitivity.
func all(set string) string {
	return fmt.Sprintf("evaluatePreconfiguredWaf('%s-%s-stable', {'sensitivity': %d})", set, crsVersion, Sensitivity)
}

// some are the signatures of a set that are on for prompts, too. At sensitivity 0 no
// others are.
func some(set string) string {
	ids := make([]string, len(blind[set]))
	for i, id := range blind[set] {
		ids[i] = "'" + Signature(id) + "'"
	}
	return fmt.Sprintf("evaluatePreconfiguredWaf('%s-%s-stable', {'sensitivity': 0, 'opt_in_rule_ids': [%s]})", set, crsVersion, strings.Join(ids, ", "))
}

// Signature is Google's name for a rule of the core rule set.
func Signature(id int) string {
	return fmt.Sprintf("owasp-crs-%s-id%06d-%s", crsSignature, id, SetOf(id))
}

// odd holds where an attribute of a request has what a pattern is for.
func odd(attribute, pattern string) string {
	return fmt.Sprintf("%s.lower().matches('%s')", attribute, pattern)
}

func oddHeader(name, pattern string) string {
	attribute := "request.headers['" + name + "']"
	return "(" + and("has("+attribute+")", odd(attribute, pattern)) + ")"
}
