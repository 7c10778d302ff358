package kubernetes

import (
	"context"
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/util/csaupgrade"
	"k8s.io/client-go/util/retry"
)

// Update applies the new inputs and waits until the object is ready again. A
// preview asks the API server what would come of it.
func (p *Provider) Update(ctx context.Context, request plugin.UpdateRequest) (plugin.UpdateResponse, error) {
	ctx, done := p.operation(ctx)
	defer done()
	object := toObject(request.NewInputs)
	if request.Preview && (request.NewInputs.ContainsUnknowns() || !p.cluster.serves(object.GroupVersionKind())) {
		return plugin.UpdateResponse{Properties: request.NewInputs}, nil
	}
	if p.cluster.unreachable != nil {
		return plugin.UpdateResponse{}, p.unreachable()
	}
	limit, err := timeout(request.Timeout, object)
	if err != nil {
		return plugin.UpdateResponse{}, err
	}
	manager, err := fieldManager(object, request.OldOutputs)
	if err != nil {
		return plugin.UpdateResponse{}, err
	}
	before, live, err := p.change(ctx, object, manager, request.IgnoreChanges, request.Preview)
	if request.Preview && apierrors.IsForbidden(err) {
		p.warnForbidden(ctx, request.URN, object, err)
		return plugin.UpdateResponse{Properties: request.NewInputs}, nil
	}
	if err != nil {
		return plugin.UpdateResponse{}, explainUpdate(object, manager, err)
	}
	if request.Preview {
		p.previewPods(ctx, request.URN, live)
		return plugin.UpdateResponse{Properties: outputs(live, request.NewInputs, request.OldOutputs, manager)}, nil
	}
	live, err = p.await(ctx, request.URN, live, before, limit)
	properties := outputs(live, request.NewInputs, request.OldOutputs, manager)
	if err != nil {
		return plugin.UpdateResponse{}, partial(request.ID, properties, nil, err)
	}
	return plugin.UpdateResponse{Properties: properties}, nil
}

// change applies the object in place of the one in the cluster and returns that
// one and the new one.
func (p *Provider) change(
	ctx context.Context, object *unstructured.Unstructured, manager string, ignored []string, preview bool,
) (before, after *unstructured.Unstructured, err error) {
	client, err := p.cluster.resource(object)
	if err != nil {
		return nil, nil, err
	}
	force := p.settings.patchForce()
	if preview {
		before, err = client.Get(ctx, object.GetName(), metav1.GetOptions{})
		force = force || isManagedByCreator(before) // an update takes its fields over first
	} else {
		before, err = adopt(ctx, client, object.GetName(), manager)
	}
	if err != nil {
		return nil, nil, err
	}
	if err := leaveIgnored(object, before, manager, ignored); err != nil {
		return nil, nil, err
	}
	after, err = p.apply(ctx, client, object, manager, force, preview)
	return before, after, err
}

// adopt hands the fields that the object was created with over to the resource's
// own manager, so that fields which the program drops are removed. It returns the
// object.
func adopt(ctx context.Context, client dynamic.ResourceInterface, name, manager string) (*unstructured.Unstructured, error) {
	var live *unstructured.Unstructured
	err := retry.RetryOnConflict(retry.DefaultBackoff, func() error {
		var err error
		if live, err = client.Get(ctx, name, metav1.GetOptions{}); err != nil {
			return err
		}
		patch, err := csaupgrade.UpgradeManagedFieldsPatch(live, sets.New(creator), manager)
		if err != nil || patch == nil {
			return err
		}
		live, err = client.Patch(ctx, name, types.JSONPatchType, patch, metav1.PatchOptions{FieldManager: manager})
		return err
	})
	return live, err
}

func isManagedByCreator(object *unstructured.Unstructured) bool {
	if object == nil {
		return false
	}
	for _, entry := range object.GetManagedFields() {
		if entry.Manager == creator && entry.Operation == metav1.ManagedFieldsOperationUpdate {
			return true
		}
	}
	return false
}

// explainUpdate says what to do about the refusals that have a remedy.
func explainUpdate(object *unstructured.Unstructured, manager string, err error) error {
	what := describe(object)
	switch {
	case apierrors.IsNotFound(err):
		return fmt.Errorf("%s is no longer in the cluster: run pulumi refresh to have it made again: %w", what, err)
	case apierrors.IsConflict(err):
		return fmt.Errorf("%s: another manager than %s owns a field that the program sets: leave the field out, put it under "+
			"ignoreChanges, or take it over with the annotation %s: %w", what, manager, annotationPatchForce, err)
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("%s was not updated, because the operation was cancelled", what)
	}
	return fmt.Errorf("%s was not updated: %w", what, err)
}
