package kubernetes

import (
	"context"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// readOnly are the fields of metadata that only the cluster sets.
var readOnly = []resource.PropertyKey{
	"creationTimestamp", "deletionGracePeriodSeconds", "deletionTimestamp",
	"generation", "managedFields", "resourceVersion", "uid",
}

// Check completes the inputs of an object with its kind, name and namespace,
// brings their values into the form in which the cluster keeps them, and refuses
// what the object's type does not have.
func (p *Provider) Check(ctx context.Context, request plugin.CheckRequest) (plugin.CheckResponse, error) {
	ctx, done := p.operation(ctx)
	defer done()
	if p.cluster.unreachable != nil && p.settings.skipUpdateUnreachable() {
		p.warn(ctx, request.URN, "left as it is, because the cluster does not answer and skipUpdateUnreachable is set: %v", p.cluster.unreachable)
		return plugin.CheckResponse{Properties: request.Olds}, nil
	}
	kind, err := kindOf(request.Type)
	if err != nil {
		return plugin.CheckResponse{}, err
	}
	inputs := request.News.Copy()
	if failures := append(setKind(inputs, kind), p.checkServed(kind)...); len(failures) > 0 {
		return plugin.CheckResponse{Failures: failures}, nil
	}
	if failure, err := p.setIdentity(inputs, kind, request); err != nil || failure != nil {
		return plugin.CheckResponse{Failures: failure}, err
	}
	if kind == secretKind {
		encodeStringData(inputs)
	}
	checked, failures := checkType(inputs, kind)
	if len(failures) > 0 {
		return plugin.CheckResponse{Failures: failures}, nil
	}
	markSecrets(checked, inputs)
	return plugin.CheckResponse{Properties: checked}, nil
}

// setKind fills in apiVersion and kind, or refuses those that contradict the
// resource's type.
func setKind(inputs resource.PropertyMap, kind schema.GroupVersionKind) []plugin.CheckFailure {
	var failures []plugin.CheckFailure
	apiVersion, name := kind.ToAPIVersionAndKind()
	for key, want := range map[resource.PropertyKey]string{"apiVersion": apiVersion, "kind": name} {
		switch got := inputs[key]; {
		case got.IsNull():
			inputs[key] = resource.NewProperty(want)
		case !got.IsString() || got.StringValue() != want:
			failures = append(failures, plugin.CheckFailure{
				Property: key, Reason: fmt.Sprintf("must be %q, as the resource's type says", want),
			})
		}
	}
	return failures
}

// checkServed refuses a kind that cannot exist. One outside Kubernetes' own groups
// may yet come from a custom resource definition of the same program.
func (p *Provider) checkServed(kind schema.GroupVersionKind) []plugin.CheckFailure {
	if !isBuiltInGroup(kind.Group) || p.cluster.serves(kind) || p.cluster.unreachable != nil && isBuiltIn(kind) {
		return nil
	}
	where := "the cluster"
	if p.cluster.unreachable != nil {
		where = "Kubernetes"
	}
	return []plugin.CheckFailure{{
		Property: "kind", Reason: fmt.Sprintf("%s has no kind %s in %s", where, kind.Kind, kind.GroupVersion()),
	}}
}

// setIdentity fills in the object's name and namespace and drops the metadata
// that is the cluster's. Metadata that a preview does not know stays unknown.
func (p *Provider) setIdentity(inputs resource.PropertyMap, kind schema.GroupVersionKind, request plugin.CheckRequest) ([]plugin.CheckFailure, error) {
	changed, ok := metadata(inputs)
	if !ok {
		return nil, nil
	}
	for _, key := range readOnly {
		delete(changed, key)
	}
	if err := setName(changed, request.Olds, request); err != nil {
		return []plugin.CheckFailure{{Property: "metadata", Reason: err.Error()}}, nil
	}
	if !isSet(changed["namespace"]) {
		namespace, err := p.defaultNamespace(kind, request.Olds)
		if err != nil {
			return nil, err
		}
		if namespace != "" {
			changed["namespace"] = resource.NewProperty(namespace)
		}
	}
	setMetadata(inputs, changed)
	return nil, nil
}

// defaultNamespace is the namespace of an object that does not say its own, or
// none for a kind that has no namespaces. A kind that the cluster does not have
// yet counts as one that has. While the cluster does not answer, the object stays
// where it is.
func (p *Provider) defaultNamespace(kind schema.GroupVersionKind, old resource.PropertyMap) (string, error) {
	if p.cluster.unreachable != nil {
		return toObject(old).GetNamespace(), nil
	}
	namespaced, err := p.cluster.isNamespaced(kind)
	switch {
	case meta.IsNoMatchError(err):
		return p.cluster.namespace, nil
	case err != nil:
		return "", fmt.Errorf("%s: %w", kind, err)
	case !namespaced:
		return "", nil
	}
	return p.cluster.namespace, nil
}
