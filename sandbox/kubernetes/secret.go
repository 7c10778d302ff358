package kubernetes

import (
	"encoding/base64"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// markSecrets makes secret in the outputs what is secret in the inputs, and the
// content of every Secret object. An array with a secret in it is secret as a
// whole, because the cluster may have reordered it.
func markSecrets(outputs, inputs resource.PropertyMap) {
	markLike(outputs, inputs)
	if kind := outputs["kind"]; !kind.IsString() || kind.StringValue() != "Secret" {
		return
	}
	for _, key := range []resource.PropertyKey{"data", "stringData"} {
		if value, ok := outputs[key]; ok && !value.IsSecret() {
			outputs[key] = resource.MakeSecret(value)
		}
	}
}

func markLike(outputs, inputs resource.PropertyMap) {
	for key, input := range inputs {
		output, ok := outputs[key]
		switch {
		case !ok || output.IsSecret():
		case output.IsObject() && input.IsObject():
			markLike(output.ObjectValue(), input.ObjectValue())
		case input.ContainsSecrets():
			outputs[key] = resource.MakeSecret(output)
		}
	}
}

// encodeStringData moves a Secret's stringData into its data, as the API server
// does: left where it is, the server's answer would never match the inputs. What
// is not an object of known strings is left for the check of types.
func encodeStringData(inputs resource.PropertyMap) {
	text := withoutSecrets(inputs["stringData"])
	data := withoutSecrets(inputs["data"])
	if !text.IsObject() || text.ContainsUnknowns() || !(data.IsNull() || data.IsObject()) {
		return
	}
	encoded := resource.PropertyMap{}
	if data.IsObject() {
		encoded = data.ObjectValue()
	}
	for key, value := range text.ObjectValue() {
		if !value.IsString() {
			return
		}
		encoded[key] = resource.NewProperty(base64.StdEncoding.EncodeToString([]byte(value.StringValue())))
	}
	delete(inputs, "stringData")
	inputs["data"] = resource.MakeSecret(resource.NewProperty(encoded))
}
