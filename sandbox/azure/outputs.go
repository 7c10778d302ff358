package azure

import (
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"ai-serving/sandbox/azure/bicep"
)

// outputs is a body in the SDK's shape. The id is the engine's to keep. A list
// whose elements are resources of their own is left empty if the program did
// not give it: those resources report their elements.
func outputs(t ResourceType, definition *bicep.Type, body map[string]any, inputs resource.PropertyMap) resource.PropertyMap {
	shown := toOutputs(definition, body)
	delete(shown, "id")
	for _, name := range t.Standalone {
		if key := resource.PropertyKey(name); !inputs.HasValue(key) {
			shown[key] = resource.NewProperty([]resource.PropertyValue{})
		}
	}
	return shown
}

// previewOutputs is what a program sees before the resource is made or changed.
func previewOutputs(definition *bicep.Type, inputs resource.PropertyMap) resource.PropertyMap {
	preview := toPreview(definition, inputs)
	delete(preview, "id")
	delete(preview, "apiVersion")
	return preview
}

// keepStable keeps in a preview what no update changes.
func keepStable(preview, before resource.PropertyMap) {
	for _, key := range []resource.PropertyKey{"name", "location", "type"} {
		if value, ok := before[key]; ok {
			preview[key] = value
		}
	}
}

// importedInputs is the program that would have made a resource.
func importedInputs(t ResourceType, definition *bicep.Type, id string, body map[string]any) (resource.PropertyMap, error) {
	inputs := toInputs(bodyFields(definition), toOutputs(definition, body))
	delete(inputs, "id")
	parameters, err := t.parse(id)
	if err != nil {
		return nil, err
	}
	for _, name := range t.parameters() {
		inputs[resource.PropertyKey(name)] = resource.NewProperty(parameters[name])
	}
	return inputs, nil
}
