package mutants

import (
	"reflect"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/kubernetes/scheme"
)

// kubernetesShape is that of a kind, by the Go types of Kubernetes' API.
func kubernetesShape(token string) shape {
	_, rest, _ := strings.Cut(token, ":")
	apiVersion, kind, _ := strings.Cut(rest, ":")
	if core, isCore := strings.CutPrefix(apiVersion, "core/"); isCore {
		apiVersion = core
	}
	object, err := scheme.Scheme.New(schema.FromAPIVersionAndKind(apiVersion, kind))
	if err != nil {
		return shape{}
	}
	return kubernetesType(reflect.TypeOf(object).Elem())
}

// scalars are the types that are objects in Go and not in JSON.
var scalars = map[reflect.Type]bool{
	reflect.TypeFor[resource.Quantity]():  true,
	reflect.TypeFor[intstr.IntOrString](): true,
	reflect.TypeFor[metav1.Time]():        true,
	reflect.TypeFor[metav1.FieldsV1]():    true,
}

// words are the types of text with a name of their own that are no enumerations.
var words = map[reflect.Type]bool{
	reflect.TypeFor[corev1.ResourceName](): true,
	reflect.TypeFor[corev1.Capability]():   true,
	reflect.TypeFor[types.UID]():           true,
}

func kubernetesType(t reflect.Type) shape {
	switch {
	case t.Kind() == reflect.Pointer:
		return kubernetesType(t.Elem())
	case scalars[t]:
		return shape{}
	case t.Kind() == reflect.Struct:
		return shape{properties: func() map[string]shape { return kubernetesProperties(t) }}
	case t.Kind() == reflect.Slice && t.Elem().Kind() != reflect.Uint8:
		return shape{element: func() shape { return kubernetesType(t.Elem()) }}
	case t.Kind() == reflect.Map:
		return shape{open: true, element: func() shape { return kubernetesType(t.Elem()) }}
	case t.Kind() == reflect.String:
		return shape{enumerated: t.PkgPath() != "" && !words[t]}
	default:
		return shape{}
	}
}

func kubernetesProperties(t reflect.Type) map[string]shape {
	properties := map[string]shape{}
	for i := range t.NumField() {
		field := t.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if strings.Contains(options, "inline") || name == "" {
			inner := kubernetesType(field.Type)
			if inner.properties != nil {
				for name, s := range inner.properties() {
					properties[name] = s
				}
			}
			continue
		}
		s := kubernetesType(field.Type)
		s.required = options == "" // neither omitempty nor omitzero
		properties[name] = s
	}
	delete(properties, "status")
	return properties
}
