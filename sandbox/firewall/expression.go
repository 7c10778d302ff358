package firewall

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"

	"ai-serving/internal/firewall"
)

var intsType = reflect.TypeFor[[]int64]()

// evaluator evaluates expressions of Cloud Armor's rules on requests. What
// evaluatePreconfiguredWaf says of a request comes with the request.
type evaluator struct{ programs []cel.Program }

// newEvaluator compiles expressions.
func newEvaluator(expressions []string) (evaluator, error) {
	environment, err := armorLanguage()
	if err != nil {
		return evaluator{}, err
	}
	var result evaluator
	for _, expression := range expressions {
		compiled, issues := environment.Compile(expression)
		if issues.Err() != nil {
			return evaluator{}, fmt.Errorf("%s: %w", expression, issues.Err())
		}
		program, err := environment.Program(compiled)
		if err != nil {
			return evaluator{}, fmt.Errorf("%s: %w", expression, err)
		}
		result.programs = append(result.programs, program)
	}
	return result, nil
}

// armorLanguage is what the program's expressions use of Cloud Armor's language.
// Source: cloud.google.com/armor/docs/rules-language-reference.
func armorLanguage() (*cel.Env, error) {
	return cel.NewEnv(
		cel.ClearMacros(),
		cel.Macros(cel.GlobalMacro("has", 1, isThere)),
		cel.Variable("request.headers", cel.MapType(cel.StringType, cel.StringType)),
		cel.Variable("request.path", cel.StringType),
		cel.Variable("request.query", cel.StringType),
		cel.Variable("matched", cel.ListType(cel.IntType)),
		cel.Function("lower", cel.MemberOverload("string_lower", []*cel.Type{cel.StringType}, cel.StringType, cel.UnaryBinding(lower))),
		cel.Macros(cel.GlobalMacro("evaluatePreconfiguredWaf", 2, withMatched)),
		cel.Function("preconfigured", cel.Overload("preconfigured", []*cel.Type{cel.ListType(cel.IntType), cel.StringType, cel.MapType(cel.StringType, cel.DynType)},
			cel.BoolType, cel.FunctionBinding(preconfigured))),
	)
}

// isThere makes "has(m[k])" mean "k in m", as it does in Cloud Armor's language.
func isThere(expressions cel.MacroExprFactory, _ ast.Expr, arguments []ast.Expr) (ast.Expr, *cel.Error) {
	index := arguments[0].AsCall().Args()
	return expressions.NewCall("@in", index[1], index[0]), nil
}

// withMatched gives the function the rules that matched.
func withMatched(expressions cel.MacroExprFactory, _ ast.Expr, arguments []ast.Expr) (ast.Expr, *cel.Error) {
	return expressions.NewCall("preconfigured", append([]ast.Expr{expressions.NewIdent("matched")}, arguments...)...), nil
}

func lower(value ref.Val) ref.Val { return types.String(strings.ToLower(string(value.(types.String)))) }

// preconfigured holds if one of the rules that matched is in the set, and on.
func preconfigured(arguments ...ref.Val) ref.Val {
	matched, err := arguments[0].ConvertToNative(intsType)
	if err != nil {
		return types.NewErr("%v", err)
	}
	options := arguments[2].Value().(map[ref.Val]ref.Val)
	sensitivity, signatures := optionsOf(options)
	set := string(arguments[1].(types.String))
	return types.Bool(slices.ContainsFunc(matched.([]int64), func(id int64) bool {
		if firewall.SetOf(int(id)) == "" || !strings.HasPrefix(set, firewall.SetOf(int(id))+"-") {
			return false
		}
		return sensitivity > 0 || slices.Contains(signatures, firewall.Signature(int(id)))
	}))
}

// optionsOf are the sensitivity, and the signatures that are on beside it.
func optionsOf(options map[ref.Val]ref.Val) (int64, []string) {
	var sensitivity int64
	var signatures []string
	for key, value := range maps.All(options) {
		switch string(key.(types.String)) {
		case "sensitivity":
			sensitivity = int64(value.(types.Int))
		case "opt_in_rule_ids":
			for _, id := range value.Value().([]ref.Val) {
				signatures = append(signatures, string(id.(types.String)))
			}
		}
	}
	return sensitivity, signatures
}

// holds says whether one of the expressions holds for a request. One that cannot be
// evaluated does not.
func (e evaluator) holds(request Request, matched []int) bool {
	headers := map[string]string{}
	for _, header := range request.Headers {
		headers[strings.ToLower(header.Name)] = header.Value
	}
	values := map[string]any{"request.headers": headers, "request.path": request.path(), "request.query": request.query(), "matched": matched}
	return slices.ContainsFunc(e.programs, func(program cel.Program) bool {
		result, _, err := program.Eval(values)
		return err == nil && result == types.True
	})
}
