package kubernetes

import (
	"context"
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"ai-serving/sandbox/rules"
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
	if p.cluster.unreachable != nil && p.settings.skipUpdateUnreachable() && len(request.Olds) > 0 {
		p.warn(ctx, request.URN, "left as it is, because the cluster does not answer and skipUpdateUnreachable is set: %v", p.cluster.unreachable)
		return plugin.CheckResponse{Properties: request.Olds}, nil
	}
	kind, err := kindOf(request.Type)
	if err != nil {
		return plugin.CheckResponse{}, err
	}
	checked, problems, err := p.check(request, kind)
	return plugin.CheckResponse{Properties: checked, Failures: failures(problems)}, err
}

// check returns the completed inputs, or what is wrong with them.
func (p *Provider) check(request plugin.CheckRequest, kind schema.GroupVersionKind) (resource.PropertyMap, []error, error) {
	inputs := request.News.Copy()
	if problems := setKind(inputs, kind); len(problems) > 0 {
		return nil, problems, nil
	}
	if problems, err := p.checkServed(kind); len(problems) > 0 || err != nil {
		return nil, problems, err
	}
	if problems, err := p.setIdentity(inputs, kind, request); len(problems) > 0 || err != nil {
		return nil, problems, err
	}
	if kind == secretKind {
		encodeStringData(inputs)
	}
	checked, problems := checkType(inputs, kind)
	if problems = append(problems, checkAnnotations(toObject(inputs))...); len(problems) > 0 {
		return nil, problems, nil
	}
	markSecrets(checked, inputs)
	return checked, nil, nil
}

// propertyError is a problem with one property. Others say themselves what they
// are about.
type propertyError struct {
	property resource.PropertyKey
	error
}

func (e propertyError) Unwrap() error { return e.error }

// failures are the problems as the engine tells them: a refusal without its code,
// which no API server has answered.
func failures(problems []error) []plugin.CheckFailure {
	var failures []plugin.CheckFailure
	for _, problem := range problems {
		failure := plugin.CheckFailure{Reason: problem.Error()}
		if about, ok := errors.AsType[propertyError](problem); ok {
			failure.Property = about.property
		}
		if refusal, ok := errors.AsType[*rules.Refusal](problem); ok {
			failure.Reason = refusal.Message
		}
		failures = append(failures, failure)
	}
	return failures
}

// setKind fills in apiVersion and kind, or refuses those that contradict the
// resource's type.
func setKind(inputs resource.PropertyMap, kind schema.GroupVersionKind) []error {
	var problems []error
	apiVersion, name := kind.ToAPIVersionAndKind()
	for _, field := range []struct {
		key  resource.PropertyKey
		want string
	}{{"apiVersion", apiVersion}, {"kind", name}} {
		switch got := inputs[field.key]; {
		case got.IsNull():
			inputs[field.key] = resource.NewProperty(field.want)
		case !got.IsString() || got.StringValue() != field.want:
			problems = append(problems, propertyError{field.key, kindOfType.Refuse("must be %q, as the resource's type says", field.want)})
		}
	}
	return problems
}

// checkServed refuses a kind that cannot exist. One outside Kubernetes' own groups
// may yet come from a custom resource definition of the same program.
func (p *Provider) checkServed(kind schema.GroupVersionKind) ([]error, error) {
	if !isBuiltInGroup(kind.Group) {
		return nil, nil
	}
	where, exists := "Kubernetes", isBuiltIn(kind)
	if p.cluster.unreachable == nil {
		_, err := p.cluster.isNamespaced(kind)
		if err != nil && !meta.IsNoMatchError(err) {
			return nil, fmt.Errorf("%s: %w", kind, err)
		}
		where, exists = "the cluster", err == nil
	}
	if exists {
		return nil, nil
	}
	return []error{propertyError{"kind", knownKind.Refuse("%s has no kind %s in %s", where, kind.Kind, kind.GroupVersion())}}, nil
}

// setIdentity fills in the object's name and namespace and drops the metadata
// that is the cluster's. Metadata that a preview does not know stays unknown.
func (p *Provider) setIdentity(inputs resource.PropertyMap, kind schema.GroupVersionKind, request plugin.CheckRequest) ([]error, error) {
	changed, ok := metadata(inputs)
	if !ok {
		return nil, nil
	}
	for _, key := range readOnly {
		delete(changed, key)
	}
	if err := setName(changed, request.Olds, request); err != nil {
		return []error{propertyError{"metadata", err}}, nil
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
