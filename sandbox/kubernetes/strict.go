package kubernetes

import (
	"encoding/json"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/scheme"
	kjson "sigs.k8s.io/json"
)

var secretKind = corev1.SchemeGroupVersion.WithKind("Secret")

// checkType decodes the inputs strictly into the kind's Go type: fields that it
// does not have and values of a wrong type are problems, told with their path. It
// returns the inputs with their values in canonical form, such as cpu: 1 for
// cpu: 1000m, so that they compare equal with what the cluster answers.
//
// Kinds that client-go has no type of are the API server's to check. Unknown
// values are decoded as null, which every type takes.
func checkType(inputs resource.PropertyMap, kind schema.GroupVersionKind) (resource.PropertyMap, []error) {
	typed, err := scheme.Scheme.New(kind)
	if err != nil {
		return inputs, nil
	}
	if problems := decodeStrictly(inputs, typed); len(problems) > 0 {
		return nil, problems
	}
	canonical, err := runtime.DefaultUnstructuredConverter.ToUnstructured(typed)
	if err != nil {
		return nil, []error{err}
	}
	return canonicalObject(inputs, resource.NewPropertyMapFromMap(canonical)), nil
}

func decodeStrictly(inputs resource.PropertyMap, typed runtime.Object) []error {
	document, err := json.Marshal(toObject(inputs).Object)
	if err != nil {
		return []error{err}
	}
	problems, err := kjson.UnmarshalStrict(document, typed)
	if err != nil {
		problems = []error{err}
	}
	for i, problem := range problems {
		problems[i] = knownFields.Refuse("%v", problem)
	}
	return problems
}

// canonicalObject replaces known values of the inputs by their canonical ones.
// What the type leaves out when it is empty is left out.
func canonicalObject(inputs, canonical resource.PropertyMap) resource.PropertyMap {
	replaced := resource.PropertyMap{}
	for key, input := range inputs {
		value, ok := canonical[key]
		if ok || input.ContainsUnknowns() {
			replaced[key] = canonicalValue(input, value)
		}
	}
	return replaced
}

func canonicalValue(input, canonical resource.PropertyValue) resource.PropertyValue {
	switch {
	case input.IsSecret():
		return resource.MakeSecret(canonicalValue(input.SecretValue().Element, canonical))
	case isUnknown(input):
		return input
	case input.IsObject() && canonical.IsObject():
		return resource.NewProperty(canonicalObject(input.ObjectValue(), canonical.ObjectValue()))
	case input.IsArray() && canonical.IsArray() && len(input.ArrayValue()) == len(canonical.ArrayValue()):
		elements := make([]resource.PropertyValue, len(input.ArrayValue()))
		for i, element := range input.ArrayValue() {
			elements[i] = canonicalValue(element, canonical.ArrayValue()[i])
		}
		return resource.NewProperty(elements)
	case input.ContainsUnknowns():
		return input
	}
	return canonical
}
