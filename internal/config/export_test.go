package config

import (
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Shape is what is wrong with a stack file's sections by their types and rules
// alone.
func Shape(file File) field.ErrorList {
	loader := newLoader(file)
	loader.readSections()
	return loader.errs
}
