package mutants

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge/info"
	shim "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim"

	"ai-serving/sandbox/gcp"
)

var googleProvider = sync.OnceValue(func() tfbridge.ProviderInfo { return gcp.Provider("") })

// googleShape is that of a resource type, by the schema of Google's own
// Terraform provider.
func googleShape(token string) shape {
	served := googleProvider()
	for _, name := range slices.Sorted(maps.Keys(served.Resources)) {
		if r := served.Resources[name]; string(r.Tok) == token {
			return googleObject(served.P.ResourcesMap().Get(name).Schema(), r.Fields)
		}
	}
	return shape{}
}

func googleObject(schemas shim.SchemaMap, fields map[string]*info.Schema) shape {
	return shape{properties: func() map[string]shape {
		properties := map[string]shape{}
		schemas.Range(func(name string, schema shim.Schema) bool {
			properties[tfbridge.TerraformToPulumiNameV2(name, schemas, fields)] = googleProperty(schemas, fields, name, schema)
			return true
		})
		return properties
	}}
}

func googleProperty(schemas shim.SchemaMap, fields map[string]*info.Schema, name string, schema shim.Schema) shape {
	s := googleValue(schema, fields[name])
	s.required = schema.Required() && schema.DefaultFunc() == nil
	s.readOnly = schema.Computed() && !schema.Optional() && !schema.Required()
	s.immutable = schema.ForceNew()
	for _, path := range slices.Concat(schema.ConflictsWith(), schema.ExactlyOneOf()) {
		other := path[strings.LastIndex(path, ".")+1:]
		if _, beside := schemas.GetOk(other); beside && other != name {
			s.excludes = append(s.excludes, tfbridge.TerraformToPulumiNameV2(other, schemas, fields))
		}
	}
	slices.Sort(s.excludes)
	s.excludes = slices.Compact(s.excludes)
	return s
}

func googleValue(schema shim.Schema, field *info.Schema) shape {
	switch inner := schema.Elem().(type) {
	case shim.Resource:
		var fields map[string]*info.Schema
		if field != nil && field.Elem != nil {
			fields = field.Elem.Fields
		}
		object := googleObject(inner.Schema(), fields)
		if tfbridge.IsMaxItemsOne(schema, field) {
			return object
		}
		return shape{element: func() shape { return object }}
	case shim.Schema:
		s := shape{open: schema.Type() == shim.TypeMap, element: func() shape { return googleValue(inner, nil) }}
		if tfbridge.IsMaxItemsOne(schema, field) {
			return s.element()
		}
		return s
	default:
		return shape{open: schema.Type() == shim.TypeMap}
	}
}
