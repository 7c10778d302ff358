package azure

import (
	"context"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// Diff compares old inputs with new ones. A change of what the id says, or of
// what the azure-native provider never changes in place, replaces the resource.
func (p *Provider) Diff(_ context.Context, req plugin.DiffRequest) (plugin.DiffResult, error) {
	t, err := typeOf(req.URN.Type())
	if err != nil {
		return plugin.DiffResult{}, err
	}
	diff := compared(req.OldInputs).Diff(compared(req.NewInputs))
	if diff == nil {
		return plugin.DiffResult{Changes: plugin.DiffNone}, nil
	}
	detailed := plugin.NewDetailedDiffFromObjectDiff(diff, true)
	replaced := markReplacements(t, detailed)
	return plugin.DiffResult{
		Changes:             plugin.DiffSome,
		ChangedKeys:         diff.ChangedKeys(),
		ReplaceKeys:         replaced,
		DetailedDiff:        detailed,
		DeleteBeforeReplace: len(replaced) > 0 && !hasRandomName(req.OldInputs),
	}, nil
}

// compared prepares inputs for comparison: the spelling of a location does not
// count, and neither does how its name came about.
func compared(inputs resource.PropertyMap) resource.PropertyMap {
	inputs = inputs.Copy()
	delete(inputs, createBeforeDelete)
	if location := inputs["location"]; location.IsString() {
		inputs["location"] = resource.NewProperty(normalLocation(location.StringValue()))
	}
	return inputs
}

// markReplacements turns the changes that force a new resource into
// replacements, and lists their top-level properties.
func markReplacements(t ResourceType, detailed map[string]plugin.PropertyDiff) []resource.PropertyKey {
	forcing := slices.Concat(t.parameters(), t.ForcesNew)
	var replaced []resource.PropertyKey
	for path, change := range detailed {
		name := path
		if end := strings.IndexAny(path, ".["); end >= 0 {
			name = path[:end]
		}
		if slices.Contains(forcing, name) {
			detailed[path] = change.ToReplace()
			replaced = append(replaced, resource.PropertyKey(name))
		}
	}
	slices.Sort(replaced)
	return slices.Compact(replaced)
}

// hasRandomName says whether a replacement would get a name of its own, and so
// can be made before the old resource is deleted.
func hasRandomName(inputs resource.PropertyMap) bool {
	flag := inputs[createBeforeDelete]
	return flag.IsBool() && flag.BoolValue()
}
