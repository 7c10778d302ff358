package mutants

import (
	"regexp"

	"ai-serving/sandbox/azure"
	"ai-serving/sandbox/azure/bicep"
)

// pathParameter is a part of an id that is an input of the resource.
var pathParameter = regexp.MustCompile(`\{(\w+)\}`)

// azureShape is that of a resource type, by Microsoft's definition and by the
// path of its id.
func azureShape(token string) (shape, error) {
	opened, err := library()
	if err != nil {
		return shape{}, err
	}
	for _, t := range azure.Served() {
		if string(t.Token) != token {
			continue
		}
		body, err := opened.Resource(t.Definition, t.APIVersion)
		if err != nil {
			return shape{}, err
		}
		inner := azureType(body)
		return shape{properties: func() map[string]shape {
			properties := inner.properties()
			parameters := pathParameter.FindAllStringSubmatch(t.Path, -1)
			for i, parameter := range parameters {
				if parameter[1] != "subscriptionId" {
					properties[parameter[1]] = shape{required: i < len(parameters)-1, immutable: true}
				}
			}
			for _, name := range []string{"id", "name", "type", "apiVersion"} {
				delete(properties, name) // of the resource itself: the SDK has no such inputs
			}
			return properties
		}}, nil
	}
	return shape{}, nil
}

func azureType(t *bicep.Type) shape {
	s := shape{
		enumerated: t.Kind == bicep.Enum, values: t.Values,
		minimum: t.MinValue, maximum: t.MaxValue,
	}
	switch {
	case t.Kind == bicep.Array:
		s.element = func() shape { return azureType(t.Items) }
	case t.Kind == bicep.Object:
		s.open = t.Additional != nil
		if s.open {
			s.element = func() shape { return azureType(t.Additional) }
		}
		s.properties = func() map[string]shape { return azureProperties(t) }
	}
	return s
}

// azureProperties are an object's as the SDK has them: what Azure nests in
// "properties" stands in the object itself.
func azureProperties(t *bicep.Type) map[string]shape {
	properties := map[string]shape{}
	for _, variant := range t.Variants {
		for name, p := range variant.Properties {
			properties[name] = azureProperty(p, false)
		}
	}
	for name, p := range t.Properties {
		if name != "properties" || p.Type.Kind != bicep.Object || p.Type.IsMap() {
			properties[name] = azureProperty(p, false)
			continue
		}
		for inner, q := range p.Type.Properties {
			properties[inner] = azureProperty(q, p.ReadOnly)
		}
	}
	return properties
}

func azureProperty(p bicep.Property, readOnly bool) shape {
	s := azureType(p.Type)
	s.required = p.Required && !p.ReadOnly
	s.readOnly = p.ReadOnly || readOnly
	return s
}
