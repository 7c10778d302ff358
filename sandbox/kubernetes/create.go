package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/dynamic"
)

// createBackoff spaces the attempts to create an object whose namespace or kind
// the cluster does not have yet: 16 seconds in all.
var createBackoff = wait.Backoff{Duration: 500 * time.Millisecond, Factor: 2, Steps: 6}

// Create makes the object and waits until it is ready. An object that exists is
// an error, unless the settings allow to take it over.
func (p *Provider) Create(ctx context.Context, request plugin.CreateRequest) (plugin.CreateResponse, error) {
	ctx, done := p.operation(ctx)
	defer done()
	if request.Preview {
		return p.previewCreate(ctx, request)
	}
	if p.cluster.unreachable != nil {
		return plugin.CreateResponse{}, p.unreachable()
	}
	object := toObject(request.Properties)
	limit, err := timeout(request.Timeout, object)
	if err != nil {
		return plugin.CreateResponse{}, err
	}
	manager, err := fieldManager(object, nil)
	if err != nil {
		return plugin.CreateResponse{}, err
	}
	live, err := p.createWhenPossible(ctx, request.URN, object, manager)
	if err != nil {
		return plugin.CreateResponse{}, explainCreate(object, err)
	}
	live, err = p.await(ctx, request.URN, live, nil, limit)
	properties := outputs(live, request.Properties, nil, manager)
	if err != nil {
		return plugin.CreateResponse{}, partial(id(live), properties, nil, err)
	}
	return plugin.CreateResponse{ID: id(live), Properties: properties}, nil
}

// previewCreate asks the API server what it would make of the object. Where that
// cannot be asked yet, the outputs are the inputs.
func (p *Provider) previewCreate(ctx context.Context, request plugin.CreateRequest) (plugin.CreateResponse, error) {
	unplanned := plugin.CreateResponse{Properties: request.Properties}
	object := toObject(request.Properties)
	if request.Properties.ContainsUnknowns() || !p.cluster.serves(object.GroupVersionKind()) {
		return unplanned, nil
	}
	live, err := p.create(ctx, object, creator, true)
	switch {
	case isNamespaceMissing(err), apierrors.IsAlreadyExists(err):
		// The namespace may be part of the plan, and so may the deletion of the object that is replaced.
		return unplanned, nil
	case apierrors.IsForbidden(err):
		p.warnForbidden(ctx, request.URN, object, err)
		return unplanned, nil
	case err != nil:
		return plugin.CreateResponse{}, explainCreate(object, err)
	}
	p.previewPods(ctx, request.URN, live)
	unstructured.RemoveNestedField(live.Object, "status") // nothing is known of it yet
	return plugin.CreateResponse{Properties: outputs(live, request.Properties, nil, creator)}, nil
}

// createWhenPossible creates the object, and tries again while its namespace or
// its kind is still being made.
func (p *Provider) createWhenPossible(ctx context.Context, urn resource.URN, object *unstructured.Unstructured, manager string) (*unstructured.Unstructured, error) {
	var live *unstructured.Unstructured
	var last error
	report := p.progress(ctx, urn)
	defer report("")
	err := wait.ExponentialBackoffWithContext(ctx, createBackoff, func(ctx context.Context) (bool, error) {
		live, last = p.create(ctx, object, manager, false)
		noKind := meta.IsNoMatchError(last)
		if noKind {
			p.cluster.mapper.Reset() // which has read the list of kinds before
		}
		if noKind || apierrors.IsNotFound(last) {
			report("not possible yet: " + last.Error())
			return false, nil
		}
		return true, last
	})
	if last != nil {
		return nil, last
	}
	return live, err
}

func (p *Provider) create(ctx context.Context, object *unstructured.Unstructured, manager string, preview bool) (*unstructured.Unstructured, error) {
	client, err := p.cluster.resource(object)
	if err != nil {
		return nil, err
	}
	if p.settings.upsert() {
		return p.apply(ctx, client, object, manager, p.settings.patchForce() || preview, preview)
	}
	return createObject(ctx, client, object, preview)
}

func createObject(ctx context.Context, client dynamic.ResourceInterface, object *unstructured.Unstructured, preview bool) (*unstructured.Unstructured, error) {
	return client.Create(ctx, object, metav1.CreateOptions{
		FieldManager:    creator,
		FieldValidation: metav1.FieldValidationStrict,
		DryRun:          dryRun(preview),
	})
}

func dryRun(preview bool) []string {
	if preview {
		return []string{metav1.DryRunAll}
	}
	return nil
}

// explainCreate says what to do about the refusals that have a remedy.
func explainCreate(object *unstructured.Unstructured, err error) error {
	what := describe(object)
	switch {
	case apierrors.IsAlreadyExists(err):
		return fmt.Errorf("%s is in the cluster already: import it, give the resource an alias if it was renamed, "+
			"or set upsertExistingObjects on the provider to take such objects over: %w", what, err)
	case meta.IsNoMatchError(err):
		return fmt.Errorf("%s: the cluster has no kind %s: make its custom resource definition first: %w",
			what, object.GroupVersionKind(), err)
	}
	return fmt.Errorf("%s was not created: %w", what, err)
}

// isNamespaceMissing says whether the API server refused an object because its
// namespace does not exist.
func isNamespaceMissing(err error) bool {
	var refusal apierrors.APIStatus
	if !apierrors.IsNotFound(err) || !errors.As(err, &refusal) {
		return false
	}
	details := refusal.Status().Details
	return details != nil && details.Kind == "namespaces"
}

// describe names an object for a message: Deployment web/api.
func describe(object *unstructured.Unstructured) string {
	return object.GetKind() + " " + string(id(object))
}
