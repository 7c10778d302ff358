package mutants

// shape is what the types of a cloud say of a value. The zero value says
// nothing.
type shape struct {
	// required properties have to be given.
	required bool
	// readOnly properties are the cloud's to set.
	readOnly bool
	// immutable properties cannot be changed without a replacement.
	immutable bool
	// enumerated texts are one of some words, which values lists if it is known.
	enumerated bool
	values     []string
	// minimum and maximum bound a number.
	minimum, maximum *int
	// excludes are the properties beside it that cannot be given with it.
	excludes []string
	// open objects have keys of the program's own, such as labels.
	open bool
	// properties gives an object's, by name. It is nil for anything else.
	properties func() map[string]shape
	// element gives that of a list's elements, or of an open object's values.
	element func() shape
}

// property is the shape of an object's property.
func (s shape) property(name string) shape {
	if s.properties != nil {
		if found, ok := s.properties()[name]; ok {
			return found
		}
	}
	if s.open && s.element != nil {
		return s.element()
	}
	return shape{}
}

func (s shape) elements() shape {
	if s.element == nil {
		return shape{}
	}
	return s.element()
}
