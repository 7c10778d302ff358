package config

import (
	"reflect"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Shape is what is wrong with a stack file's sections by their types and rules
// alone.
func Shape(file File) field.ErrorList {
	loader := loader{file: file, document: map[string]any{}}
	for key, section := range fields(reflect.TypeFor[Config]()) {
		loader.read(key, section)
	}
	return loader.errs
}
