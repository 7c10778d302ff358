package kubernetes

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/theory/jsonpath"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// parseWaitFor reads the annotation that says what to wait for: one expression, or
// a JSON array of expressions that must all hold.
//
//	jsonpath={.status.phase}         the field is there
//	jsonpath={.status.phase}=Ready   the field has that value
//	condition=Ready                  status.conditions has it as True
//	condition=Ready=False            status.conditions has it as False
func parseWaitFor(text string) (*condition, error) {
	var expressions []string
	if json.Unmarshal([]byte(text), &expressions) != nil {
		expressions = []string{text}
	}
	if len(expressions) == 0 {
		return nil, waitForSyntax.Refuse("annotation %s: names no condition", annotationWaitFor)
	}
	tests := make([]test, len(expressions))
	for i, expression := range expressions {
		test, err := parseTest(expression)
		if err != nil {
			return nil, waitForSyntax.Refuse("annotation %s: %v", annotationWaitFor, err)
		}
		tests[i] = test
	}
	return &condition{what: "to have " + strings.Join(expressions, " and "), met: all(tests)}, nil
}

// test is one expression applied to an object.
type test func(*unstructured.Unstructured) (verdict, error)

// all is met when every test is met, on a status that is about the object's
// present generation.
func all(tests []test) test {
	return func(object *unstructured.Unstructured) (verdict, error) {
		if observed, ok, _ := unstructured.NestedInt64(object.Object, "status", "observedGeneration"); ok && observed < object.GetGeneration() {
			return verdict{state: "the cluster has not seen the change yet"}, nil
		}
		for _, test := range tests {
			if verdict, err := test(object); err != nil || !verdict.met {
				return verdict, err
			}
		}
		return verdict{met: true}, nil
	}
}

func parseTest(expression string) (test, error) {
	if path, ok := strings.CutPrefix(expression, "jsonpath="); ok {
		return parsePathTest(path)
	}
	if text, ok := strings.CutPrefix(expression, "condition="); ok {
		return parseConditionTest(text)
	}
	return nil, fmt.Errorf("%q begins with neither jsonpath= nor condition=", expression)
}

func parseConditionTest(text string) (test, error) {
	kind, want, valued := strings.Cut(text, "=")
	if !valued {
		want = "True"
	}
	if kind == "" || want == "" {
		return nil, fmt.Errorf("%q is not condition=TYPE or condition=TYPE=STATUS", "condition="+text)
	}
	return func(object *unstructured.Unstructured) (verdict, error) {
		found, ok := findCondition(object, kind)
		if !ok {
			return verdict{state: "it has no condition " + kind}, nil
		}
		return verdict{met: found.status == want, state: found.String()}, nil
	}, nil
}

// parsePathTest reads {PATH} or {PATH}=VALUE. The path is in kubectl's braces, and
// in the language of RFC 9535 but for the leading $.
func parsePathTest(text string) (test, error) {
	end := strings.LastIndex(text, "}")
	if !strings.HasPrefix(text, "{") || end < 0 {
		return nil, fmt.Errorf("%q is not jsonpath={PATH} or jsonpath={PATH}=VALUE", "jsonpath="+text)
	}
	want, valued := strings.CutPrefix(text[end+1:], "=")
	if text[end+1:] != "" && (!valued || want == "") {
		return nil, fmt.Errorf("%q has no value after the path", "jsonpath="+text)
	}
	shown := text[:end+1]
	path, err := jsonpath.Parse("$" + strings.TrimPrefix(strings.TrimSpace(text[1:end]), "$"))
	if err != nil {
		return nil, fmt.Errorf("path %s: %w", shown, err)
	}
	return func(object *unstructured.Unstructured) (verdict, error) {
		return matchPath(path, shown, want, object)
	}, nil
}

func matchPath(path *jsonpath.Path, shown, want string, object *unstructured.Unstructured) (verdict, error) {
	found := path.Select(object.Object)
	if len(found) == 0 {
		return verdict{state: "it has no " + shown}, nil
	}
	if want == "" {
		return verdict{met: true}, nil
	}
	switch value := found[0].(type) {
	case map[string]any, []any:
		return verdict{}, fmt.Errorf("%s is not a single value", shown)
	default:
		return verdict{met: fmt.Sprint(value) == want, state: fmt.Sprintf("%s is %v", shown, value)}, nil
	}
}
