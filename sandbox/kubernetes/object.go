package kubernetes

import (
	"math"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// toObject converts properties to a Kubernetes object: secrets are unwrapped,
// whole numbers become integers and unknown values null.
func toObject(properties resource.PropertyMap) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: properties.MapRepl(nil, toPlain)}
}

// toPlain is the part of toObject that is about one value.
func toPlain(value resource.PropertyValue) (any, bool) {
	switch {
	case value.IsSecret():
		return value.SecretValue().Element.MapRepl(nil, toPlain), true
	case isUnknown(value):
		return nil, true
	case value.IsNumber() && isWhole(value.NumberValue()):
		return int64(value.NumberValue()), true
	}
	return nil, false
}

// isWhole says whether the number stands for exactly one integer.
func isWhole(number float64) bool {
	const exact = 1 << 53 // beyond it neighbouring integers share a number
	return number == math.Trunc(number) && math.Abs(number) <= exact
}

// isUnknown says whether the value itself is one that a preview does not know.
func isUnknown(value resource.PropertyValue) bool { return value.IsComputed() || value.IsOutput() }

// withoutSecrets unwraps the secrets in the value and leaves what is unknown.
func withoutSecrets(value resource.PropertyValue) resource.PropertyValue {
	switch {
	case value.IsSecret():
		return withoutSecrets(value.SecretValue().Element)
	case value.IsArray():
		unwrapped := make([]resource.PropertyValue, len(value.ArrayValue()))
		for i, element := range value.ArrayValue() {
			unwrapped[i] = withoutSecrets(element)
		}
		return resource.NewProperty(unwrapped)
	case value.IsObject():
		unwrapped := make(resource.PropertyMap, len(value.ObjectValue()))
		for key, element := range value.ObjectValue() {
			unwrapped[key] = withoutSecrets(element)
		}
		return resource.NewProperty(unwrapped)
	}
	return value
}

// prune reduces a live value to the shape of the inputs: a field that the inputs
// do not have was filled in by the cluster and is not the program's. Where the
// two are of different kinds the live value stays whole.
func prune(live, inputs any) any {
	switch inputs := inputs.(type) {
	case map[string]any:
		live, ok := live.(map[string]any)
		if !ok {
			return live
		}
		pruned := map[string]any{}
		for key, value := range live {
			if input, declared := inputs[key]; declared {
				pruned[key] = prune(value, input)
			}
		}
		return pruned
	case []any:
		live, ok := live.([]any)
		if !ok {
			return live
		}
		pruned := make([]any, len(live))
		for i, value := range live {
			pruned[i] = value
			if i < len(inputs) {
				pruned[i] = prune(value, inputs[i])
			}
		}
		return pruned
	}
	return live
}

// pruned is prune for whole objects.
func pruned(live, inputs *unstructured.Unstructured) resource.PropertyMap {
	object, _ := prune(live.Object, inputs.Object).(map[string]any)
	return resource.NewPropertyMapFromMap(object)
}
