package refusals

import (
	"strings"
	"sync"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/env"
)

var policyExpression = invalid("security-policy/expression",
	"The expression of a rule is a condition in Cloud Armor's language, of up to 2048 characters and 5 subexpressions.",
	documented("armor/docs/rules-language-reference")+"; "+documented("armor/quotas"))

const (
	maxExpression     = 2048
	maxSubexpressions = 5
)

// language is Cloud Armor's: a subset of the Common Expression Language with
// attributes and operations of its own. It has no macros, and its has takes any value.
var language = sync.OnceValues(func() (*cel.Env, error) {
	texts := cel.MapType(cel.StringType, cel.StringType)
	options := []cel.EnvOption{
		cel.StdLib(cel.StdLibSubset(env.NewLibrarySubset().SetDisableMacros(true))),
		cel.Macros(cel.GlobalMacro("has", 1, isThere)),
		cel.Variable("request.headers", texts),
		function(there, cel.BoolType, cel.DynType),
		function("inIpRange", cel.BoolType, cel.StringType, cel.StringType),
		function("evaluatePreconfiguredExpr", cel.BoolType, cel.StringType),
		overloaded("evaluatePreconfiguredExpr", "with_rules", cel.BoolType, cel.StringType, cel.ListType(cel.StringType)),
		function("evaluatePreconfiguredWaf", cel.BoolType, cel.StringType),
		overloaded("evaluatePreconfiguredWaf", "with_options", cel.BoolType, cel.StringType, cel.MapType(cel.StringType, cel.DynType)),
		function("evaluateThreatIntelligence", cel.BoolType, cel.StringType),
		overloaded("evaluateThreatIntelligence", "with_exclusions", cel.BoolType, cel.StringType, cel.ListType(cel.StringType)),
		function("evaluateAddressGroup", cel.BoolType, cel.StringType, cel.StringType),
		function("evaluateOrganizationAddressGroup", cel.BoolType, cel.StringType, cel.StringType),
		function("evaluateAdaptiveProtectionAutoDeploy", cel.BoolType),
	}
	for _, name := range []string{
		"origin.ip", "origin.user_ip", "origin.region_code", "origin.tls_ja3_fingerprint", "origin.tls_ja4_fingerprint",
		"request.method", "request.path", "request.scheme", "request.query",
		"token.recaptcha_action.action", "token.recaptcha_action.captcha_status",
	} {
		options = append(options, cel.Variable(name, cel.StringType))
	}
	for _, name := range []string{"token.recaptcha_action.valid", "token.recaptcha_session.valid", "token.recaptcha_exemption.valid"} {
		options = append(options, cel.Variable(name, cel.BoolType))
	}
	for _, name := range []string{"token.recaptcha_action.score", "token.recaptcha_session.score"} {
		options = append(options, cel.Variable(name, cel.DoubleType))
	}
	options = append(options, cel.Variable("origin.asn", cel.IntType))
	for _, name := range []string{"lower", "upper", "base64Decode", "urlDecode", "urlDecodeUni", "utf8ToUnicode"} {
		options = append(options, cel.Function(name, cel.MemberOverload("string_"+name, []*cel.Type{cel.StringType}, cel.StringType)))
	}
	return cel.NewCustomEnv(options...)
})

// there is what has is called here: the library keeps the name for a macro of its own.
const there = "is_there"

func isThere(expressions cel.MacroExprFactory, _ ast.Expr, arguments []ast.Expr) (ast.Expr, *cel.Error) {
	return expressions.NewCall(there, arguments...), nil
}

func function(name string, result *cel.Type, arguments ...*cel.Type) cel.EnvOption {
	return overloaded(name, "", result, arguments...)
}

// overloaded declares one of the forms of a function.
func overloaded(name, form string, result *cel.Type, arguments ...*cel.Type) cel.EnvOption {
	return cel.Function(name, cel.Overload(strings.TrimSuffix(name+"_"+form, "_"), arguments, result))
}

// checkExpression refuses what is not a condition that Cloud Armor can evaluate.
func checkExpression(at, expression string) error {
	if n := len(expression); n > maxExpression {
		return wrong(policyExpression, at, n, "The expression must have at most %d characters.", maxExpression)
	}
	rules, err := language()
	if err != nil {
		return err
	}
	compiled, issues := rules.Compile(expression)
	switch {
	case issues.Err() != nil:
		return wrong(policyExpression, at, expression, "The expression cannot be parsed: %v", issues.Err())
	case compiled.OutputType() != cel.BoolType:
		return wrong(policyExpression, at, expression, "The expression is of the type %s, and must be of the type bool.", compiled.OutputType())
	}
	if n := subexpressions(compiled.NativeRep().Expr()); n > maxSubexpressions {
		return wrong(policyExpression, at, n, "The expression must have at most %d subexpressions.", maxSubexpressions)
	}
	return nil
}

// subexpressions counts the operands of && and ||.
func subexpressions(e ast.Expr) int {
	if e.Kind() != ast.CallKind {
		return 1
	}
	call := e.AsCall()
	if name := call.FunctionName(); name != "_&&_" && name != "_||_" && name != "!_" {
		return 1
	}
	n := 0
	for _, operand := range call.Args() {
		n += subexpressions(operand)
	}
	return n
}
