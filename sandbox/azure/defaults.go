package azure

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"ai-serving/sandbox/azure/bicep"
)

// randomDigits is the length of the hexadecimal suffix of a chosen name.
const randomDigits = 8

// setName chooses the name of a resource that the program does not name, as the
// azure-native provider does: the one it has, the one the engine proposes, or
// the resource's Pulumi name, with a random suffix unless it is named within a
// parent.
func (p *Provider) setName(t ResourceType, inputs resource.PropertyMap, req plugin.CheckRequest) error {
	key := resource.PropertyKey(t.nameParameter())
	if inputs.HasValue(key) {
		return nil
	}
	if old, ok := req.Olds[key]; ok {
		inputs[key] = old
		if flag, ok := req.Olds[createBeforeDelete]; ok {
			inputs[createBeforeDelete] = flag
		}
		return nil
	}
	name, random, err := chooseName(t, req)
	if err != nil || name == "" {
		return err
	}
	inputs[key] = resource.NewProperty(name)
	if random {
		inputs[createBeforeDelete] = resource.NewProperty(true)
	}
	return nil
}

// chooseName gives the name and whether a replacement would get another. The
// name is empty if the engine says to choose none.
func chooseName(t ResourceType, req plugin.CheckRequest) (name string, random bool, err error) {
	switch {
	case req.Autonaming != nil && req.Autonaming.Mode == plugin.AutonamingModeDisabled:
		return "", false, nil
	case req.Autonaming != nil && req.Autonaming.ProposedName != "":
		return req.Autonaming.ProposedName, true, nil
	case t.namedInParent():
		return req.URN.Name(), false, nil
	}
	name, err = resource.NewUniqueName(req.RandomSeed, req.URN.Name(), randomDigits, 0, nil)
	return name, true, err
}

// namedInParent says whether the resource's name has to be unique in a parent
// resource only. The azure-native provider counts no endpoint among those, of
// whichever service: an endpoint's name may become part of a host name.
func (t ResourceType) namedInParent() bool {
	_, own, _ := strings.Cut(t.Path, "/providers/")
	return strings.Count(own, "{") > 1 && t.nameParameter() != "endpointName"
}

// setLocation chooses the location of a resource that states none: the one it
// has, the provider's, or its resource group's.
func (p *Provider) setLocation(definition *bicep.Type, inputs, olds resource.PropertyMap) error {
	if _, ok := definition.Properties["location"]; !ok || inputs.HasValue("location") {
		return nil
	}
	if old, ok := olds["location"]; ok {
		inputs["location"] = old
		return nil
	}
	if p.config.location != "" {
		inputs["location"] = resource.NewProperty(p.config.location)
		return nil
	}
	group := bare(inputs["resourceGroupName"])
	if group.IsComputed() {
		inputs["location"] = unknown
		return nil
	}
	if !group.IsString() {
		return nil
	}
	return p.setGroupLocation(inputs, group.StringValue())
}

func (p *Provider) setGroupLocation(inputs resource.PropertyMap, group string) error {
	body, err := p.manager.get(fmt.Sprintf("/subscriptions/%s/resourceGroups/%s", p.config.subscription, group))
	if err != nil {
		return err
	}
	if location := text(body, "location"); location != "" {
		inputs["location"] = resource.NewProperty(location)
	}
	return nil
}
