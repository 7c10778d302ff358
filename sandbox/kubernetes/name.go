package kubernetes

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// metadata is an object's metadata among the inputs, copied so that it can be
// changed. It is false when it is not an object: unknown in a preview, or wrong,
// which the check of types tells.
func metadata(inputs resource.PropertyMap) (resource.PropertyMap, bool) {
	value := inputs["metadata"]
	if value.IsSecret() {
		value = value.SecretValue().Element
	}
	switch {
	case value.IsNull():
		return resource.PropertyMap{}, true
	case value.IsObject():
		return value.ObjectValue().Copy(), true
	}
	return nil, false
}

// setMetadata puts changed metadata back, as secret as it was.
func setMetadata(inputs, changed resource.PropertyMap) {
	value := resource.NewProperty(changed)
	if inputs["metadata"].IsSecret() {
		value = resource.MakeSecret(value)
	}
	inputs["metadata"] = value
}

// isSet says whether a text is there. An unknown one is, and so is a value of
// another type, which the check of types refuses.
func isSet(value resource.PropertyValue) bool {
	value = withoutSecrets(value)
	return !value.IsNull() && (!value.IsString() || value.StringValue() != "")
}

// setName names an object that the program has not named: as before if it has
// been named by the provider before, else by the resource's name and random
// digits. Names that the provider chose are annotated, so that a replacement can
// have another and be made before the old object goes.
func setName(metadata, old resource.PropertyMap, request plugin.CheckRequest) error {
	if isSet(metadata["name"]) {
		return nil
	}
	if isSet(metadata["generateName"]) {
		return noGeneratedName.Refuse("metadata.generateName is not possible with server-side apply: leave it out to have a name generated")
	}
	name, err := autoname(old, request)
	if err != nil {
		return err
	}
	annotations := withoutSecrets(metadata["annotations"])
	switch {
	case annotations.IsNull():
		metadata["annotations"] = resource.NewProperty(resource.PropertyMap{
			annotationAutonamed: resource.NewProperty("true"),
		})
	case metadata["annotations"].IsObject():
		marked := metadata["annotations"].ObjectValue().Copy()
		marked[annotationAutonamed] = resource.NewProperty("true")
		metadata["annotations"] = resource.NewProperty(marked)
	}
	metadata["name"] = resource.NewProperty(name)
	return nil
}

func autoname(old resource.PropertyMap, request plugin.CheckRequest) (string, error) {
	if name, ok := autonamed(old); ok {
		return name, nil
	}
	if request.Autonaming != nil {
		switch request.Autonaming.Mode {
		case plugin.AutonamingModeDisabled:
			return "", requiredName.Refuse("metadata.name is required, because automatic names are turned off")
		case plugin.AutonamingModeEnforce, plugin.AutonamingModePropose:
			return request.Autonaming.ProposedName, nil
		}
	}
	return resource.NewUniqueName(request.RandomSeed, request.URN.Name()+"-", 0, 0, nil)
}

// autonamed is the name that the provider has given, if it has.
func autonamed(inputs resource.PropertyMap) (string, bool) {
	object := toObject(inputs)
	return object.GetName(), isAnnotated(object, annotationAutonamed) && object.GetName() != ""
}

// id is a resource's id: namespace/name, or the name of an object that has no
// namespace.
func id(object metav1.Object) resource.ID {
	if object.GetNamespace() == "" {
		return resource.ID(object.GetName())
	}
	return resource.ID(object.GetNamespace() + "/" + object.GetName())
}

// parseID takes an id apart.
func parseID(id resource.ID) (namespace, name string) {
	namespace, name, found := strings.Cut(string(id), "/")
	if !found {
		return "", namespace
	}
	return namespace, name
}
