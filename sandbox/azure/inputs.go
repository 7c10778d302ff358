package azure

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"ai-serving/sandbox/azure/bicep"
)

// createBeforeDelete marks inputs whose name was chosen at random, under the
// key that the azure-native provider uses: a replacement then has another name
// and can be made before the old resource is deleted.
const createBeforeDelete = "__createBeforeDelete"

// endpointTypes are the kinds of Traffic Manager endpoint, as an id has them.
var endpointTypes = []string{"azureEndpoints", "externalEndpoints", "nestedEndpoints"}

// checkInputs checks all inputs of a resource: the parameters of its id and its
// body.
func checkInputs(t ResourceType, body *bicep.Type, inputs resource.PropertyMap) *checker {
	c := &checker{}
	rest := inputs.Copy()
	delete(rest, createBeforeDelete)
	for _, name := range t.parameters() {
		key := resource.PropertyKey(name)
		c.parameter(name, body, rest[key])
		delete(rest, key)
	}
	c.ownName(t, body, inputs)
	delete(rest, "name")
	c.object(nil, bodyFields(body), rest)
	return c
}

// parameter checks one parameter of a resource's id.
func (c *checker) parameter(name string, body *bicep.Type, value resource.PropertyValue) {
	path := resource.PropertyPath{name}
	switch value = bare(value); {
	case value.IsComputed():
	case value.IsNull():
		c.fail(requiredProperty, path, "required property %q is missing", name)
	case !value.IsString():
		c.fail(propertyType, path, "expected a string, got %s", kindOf(value))
	case value.StringValue() == "" || strings.Contains(value.StringValue(), "/"):
		c.fail(pathSegment, path, "%q is not a name: it is empty or has a slash", value.StringValue())
	case name == "endpointType" && !slices.ContainsFunc(endpointTypes, func(t string) bool {
		return strings.EqualFold(t, value.StringValue())
	}):
		c.fail(propertyEnum, path, "%s", notOneOf(value.StringValue(), endpointTypes))
	}
}

// ownName checks the parameter that names the resource against the definition
// of "name", and that a "name" in the body, which some types of the SDK have
// too, is the same.
func (c *checker) ownName(t ResourceType, body *bicep.Type, inputs resource.PropertyMap) {
	parameter := t.nameParameter()
	name := bare(inputs[resource.PropertyKey(parameter)])
	if name.IsString() {
		c.text(resource.PropertyPath{parameter}, body.Properties["name"].Type, name.StringValue())
	}
	inBody := bare(inputs["name"])
	if name.IsString() && inBody.IsString() && name.StringValue() != inBody.StringValue() {
		c.fail(sameName, resource.PropertyPath{"name"}, "%q differs from %s, %q", inBody.StringValue(), parameter, name.StringValue())
	}
}

// bodyFields is the definition of a resource's body without what the id says.
func bodyFields(t *bicep.Type) *bicep.Type {
	without := *t
	without.Properties = make(map[string]bicep.Property, len(t.Properties))
	for name, p := range t.Properties {
		if name != "name" && name != "apiVersion" {
			without.Properties[name] = p
		}
	}
	return &without
}

// pathParameters reads the parameters of a resource's id from known inputs.
func pathParameters(t ResourceType, inputs resource.PropertyMap) (map[string]string, error) {
	values := map[string]string{}
	for _, name := range t.parameters() {
		value := bare(inputs[resource.PropertyKey(name)])
		if !value.IsString() {
			return nil, fmt.Errorf("%s is not known", name)
		}
		values[name] = value.StringValue()
	}
	if endpointType, ok := values["endpointType"]; ok {
		values["endpointType"] = canonicalEndpointType(endpointType)
	}
	return values, nil
}
