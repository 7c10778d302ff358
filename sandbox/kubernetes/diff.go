package kubernetes

import (
	"context"
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// Diff compares the new inputs with the last known object, as far as the old
// inputs declared it: what the cluster has filled in is no difference, and what
// somebody else has changed and a refresh has found is one.
func (p *Provider) Diff(ctx context.Context, request plugin.DiffRequest) (plugin.DiffResult, error) {
	kind, err := kindOf(request.Type)
	if err != nil {
		return plugin.DiffResult{}, err
	}
	ignored, err := parsePaths(request.IgnoreChanges)
	if err != nil {
		return plugin.DiffResult{}, err
	}
	old := pruned(toObject(request.OldOutputs), toObject(request.OldInputs))
	inputs := withoutSecrets(resource.NewProperty(request.NewInputs)).ObjectValue()
	immutable := p.immutableFields(kind, toObject(request.NewInputs))

	result := plugin.DiffResult{Changes: plugin.DiffNone, DetailedDiff: map[string]plugin.PropertyDiff{}}
	replaced := false
	for text, difference := range plugin.NewDetailedDiffFromObjectDiff(old.Diff(inputs), false) {
		path, err := resource.ParsePropertyPath(text)
		if err != nil {
			return plugin.DiffResult{}, fmt.Errorf("path %s: %w", text, err)
		}
		if contains(ignored, path) {
			continue
		}
		if contains(immutable, path) {
			difference = difference.ToReplace()
			replaced = true
		}
		result.DetailedDiff[text] = difference
		result.Changes = plugin.DiffSome
	}
	if p.isUnready(ctx, request) {
		result.DetailedDiff[resource.PropertyPath{"metadata", "annotations", annotationReplaceUnready}.String()] = plugin.PropertyDiff{Kind: plugin.DiffUpdateReplace}
		result.Changes = plugin.DiffSome
		replaced = true
	}
	result.DeleteBeforeReplace = replaced && keepsName(request)
	return result, nil
}

// isUnready says whether the object is to be replaced because it is not ready. As
// in the original, only a Job can ask for that.
func (p *Provider) isUnready(ctx context.Context, request plugin.DiffRequest) bool {
	object := toObject(request.NewInputs)
	if !isAnnotated(object, annotationReplaceUnready) {
		return false
	}
	if object.GroupVersionKind().GroupKind() != jobKind {
		p.warn(ctx, request.URN, "the annotation %s is for Jobs only", annotationReplaceUnready)
		return false
	}
	if p.cluster.unreachable != nil {
		p.warn(ctx, request.URN, "whether the Job is to be replaced is unknown, because the cluster does not answer: %v", p.cluster.unreachable)
		return false
	}
	ctx, done := p.operation(ctx)
	defer done()
	live, err := p.get(ctx, plugin.ReadRequest{Type: request.Type, ID: request.ID})
	if err != nil {
		return false // as in the original; a refresh finds out
	}
	found, err := isComplete(live)
	return err == nil && !found.met
}

// keepsName says whether the new object has the name of the old one, so that the
// old one has to go first.
func keepsName(request plugin.DiffRequest) bool {
	old, object := toObject(request.OldOutputs), toObject(request.NewInputs)
	return object.GetName() != "" && !isAnnotated(object, annotationAutonamed) && id(object) == id(old)
}

func parsePaths(texts []string) ([]resource.PropertyPath, error) {
	paths := make([]resource.PropertyPath, len(texts))
	for i, text := range texts {
		path, err := resource.ParsePropertyPath(text)
		if err != nil {
			return nil, fmt.Errorf("path %s: %w", text, err)
		}
		paths[i] = path
	}
	return paths, nil
}

// contains says whether one of the paths refers to that one or to what it is in.
func contains(paths []resource.PropertyPath, inner resource.PropertyPath) bool {
	return slices.ContainsFunc(paths, func(path resource.PropertyPath) bool { return path.Contains(inner) })
}
