package kubernetes

import (
	"context"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// Read finds the object for a refresh or an import. The inputs that it returns
// are the live values of what the inputs declared; for an import, of all that the
// cluster did not fill in itself. An object that is gone has no id.
func (p *Provider) Read(ctx context.Context, request plugin.ReadRequest) (plugin.ReadResponse, error) {
	ctx, done := p.operation(ctx)
	defer done()
	if p.cluster.unreachable != nil {
		return p.readUnreachable(ctx, request)
	}
	live, err := p.get(ctx, request)
	if apierrors.IsNotFound(err) || meta.IsNoMatchError(err) {
		return plugin.ReadResponse{}, nil
	}
	if err != nil {
		return plugin.ReadResponse{}, fmt.Errorf("%s was not read: %w", request.ID, err)
	}
	manager, err := fieldManager(toObject(request.Inputs), request.State)
	if err != nil {
		return plugin.ReadResponse{}, err
	}
	inputs := liveInputs(live, request.Inputs)
	markSecrets(inputs, request.Inputs)
	state := outputs(live, request.Inputs, request.State, manager)
	if len(request.Inputs) > 0 {
		if err := p.checkReady(ctx, live); err != nil {
			return plugin.ReadResponse{}, partial(request.ID, state, inputs, err)
		}
	}
	return plugin.ReadResponse{ReadResult: plugin.ReadResult{ID: request.ID, Inputs: inputs, Outputs: state}}, nil
}

// readUnreachable does what the settings say for a cluster that does not answer.
func (p *Provider) readUnreachable(ctx context.Context, request plugin.ReadRequest) (plugin.ReadResponse, error) {
	switch {
	case p.settings.deleteUnreachable():
		p.warn(ctx, request.URN, "removed from the state, because the cluster does not answer and deleteUnreachable is set: %v", p.cluster.unreachable)
		return plugin.ReadResponse{}, nil
	case p.settings.skipUpdateUnreachable():
		p.warn(ctx, request.URN, "left as it is, because the cluster does not answer and skipUpdateUnreachable is set: %v", p.cluster.unreachable)
		return plugin.ReadResponse{ReadResult: plugin.ReadResult{
			ID: request.ID, Inputs: request.Inputs, Outputs: request.State,
		}}, nil
	}
	return plugin.ReadResponse{}, p.unreachable()
}

// unreachable is the error of an operation that needs the cluster.
func (p *Provider) unreachable() error {
	return fmt.Errorf("the cluster does not answer: %w: make sandbox starts the clusters that there are, and sandbox reachable ends an outage; if this one was "+
		"deleted, set deleteUnreachable on the provider, or PULUMI_K8S_DELETE_UNREACHABLE=true in the environment, to remove "+
		"its objects from the state", p.cluster.unreachable)
}

func (p *Provider) get(ctx context.Context, request plugin.ReadRequest) (*unstructured.Unstructured, error) {
	kind, err := kindOf(request.Type)
	if err != nil {
		return nil, err
	}
	namespace, name := parseID(request.ID)
	object := &unstructured.Unstructured{}
	object.SetGroupVersionKind(kind)
	object.SetNamespace(namespace)
	client, err := p.cluster.resource(object)
	if err != nil {
		return nil, err
	}
	return client.Get(ctx, name, metav1.GetOptions{})
}

// liveInputs are the inputs that would make the live object.
func liveInputs(live *unstructured.Unstructured, declared resource.PropertyMap) resource.PropertyMap {
	if len(declared) > 0 {
		return pruned(live, toObject(declared))
	}
	inputs := live.DeepCopy()
	unstructured.RemoveNestedField(inputs.Object, "status")
	for _, field := range readOnly {
		unstructured.RemoveNestedField(inputs.Object, "metadata", string(field))
	}
	unstructured.RemoveNestedField(inputs.Object, "metadata", "annotations", "deployment.kubernetes.io/revision")
	unstructured.RemoveNestedField(inputs.Object, "metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration")
	return resource.NewPropertyMapFromMap(inputs.Object)
}

// checkReady looks once whether the object is ready. The annotation that says what
// to wait for is about writing it and does not count.
func (p *Provider) checkReady(ctx context.Context, live *unstructured.Unstructured) error {
	kind := live.GroupVersionKind().GroupKind()
	wanted := readiness(kind)
	if wanted == nil || kind == claimKind || isAnnotated(live, annotationSkipAwait) {
		return nil
	}
	found, err := wanted.met(live)
	if err == nil && found.met && waitsForEndpoints(live) {
		found, err = p.endpointsReady(ctx, live)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", describe(live), err)
	}
	if found.met {
		return nil
	}
	reasons := append([]string{describe(live) + " is not ready", found.state}, p.troubles(live)...)
	return unreadyError{append(reasons, remedies(reasons)...)}
}
