package kubernetes

import (
	"context"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/tools/cache"
	watchtools "k8s.io/client-go/tools/watch"
	"sigs.k8s.io/cli-utils/pkg/kstatus/status"
)

// Delete deletes the object and waits until the cluster no longer has it. One that
// is gone already is no error.
func (p *Provider) Delete(ctx context.Context, request plugin.DeleteRequest) (plugin.DeleteResponse, error) {
	ctx, done := p.operation(ctx)
	defer done()
	if p.cluster.unreachable != nil {
		if p.settings.deleteUnreachable() {
			p.warn(ctx, request.URN, "removed from the state, because the cluster does not answer and deleteUnreachable is set: %v", p.cluster.unreachable)
			return plugin.DeleteResponse{}, nil
		}
		return plugin.DeleteResponse{}, p.unreachable()
	}
	object := toObject(request.Outputs)
	client, err := p.cluster.resource(object)
	if meta.IsNoMatchError(err) {
		return plugin.DeleteResponse{}, nil // the kind went, and its objects with it
	}
	if err != nil {
		return plugin.DeleteResponse{}, err
	}
	return plugin.DeleteResponse{}, p.delete(ctx, client, object, request)
}

func (p *Provider) delete(ctx context.Context, client dynamic.ResourceInterface, object *unstructured.Unstructured, request plugin.DeleteRequest) error {
	annotated := toObject(request.Inputs)
	policy, err := propagation(annotated)
	if err != nil {
		return err
	}
	limit, err := timeout(request.Timeout, annotated)
	if err != nil {
		return err
	}
	err = client.Delete(ctx, object.GetName(), metav1.DeleteOptions{PropagationPolicy: &policy})
	if apierrors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s was not deleted: %w", describe(object), err)
	}
	if skipsAwaitOnDelete(annotated) {
		return nil
	}
	waiting, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	report := p.progress(ctx, request.URN)
	defer report("")
	last, err := untilGone(waiting, client, object, report)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("the wait for the deletion of %s was cancelled; the cluster goes on with it", describe(object))
	case waiting.Err() != nil:
		return fmt.Errorf("%s: waited %s for it to go: %s", describe(object), limit, obstacle(last))
	}
	return fmt.Errorf("%s: waited for it to go: %w", describe(object), err)
}

// untilGone watches the object until there is none of its name, or another one,
// and reports what keeps it. It returns the last that was seen of the object.
func untilGone(
	ctx context.Context, client dynamic.ResourceInterface, object *unstructured.Unstructured, report func(string),
) (*unstructured.Unstructured, error) {
	last := object
	isGone := func(found runtime.Object) bool {
		live, ok := found.(*unstructured.Unstructured)
		if ok && live.GetUID() == object.GetUID() {
			last = live
			report(obstacle(live))
		}
		return ok && live.GetUID() != object.GetUID()
	}
	absent := func(store cache.Store) (bool, error) {
		for _, found := range store.List() {
			if live, ok := found.(runtime.Object); ok && !isGone(live) {
				return false, nil
			}
		}
		return true, nil
	}
	deleted := func(event watch.Event) (bool, error) {
		return event.Type == watch.Deleted || isGone(event.Object), nil
	}
	_, err := watchtools.UntilWithSync(quiet(ctx), listWatch(client, object.GetName()), &unstructured.Unstructured{}, absent, deleted)
	return last, err
}

// obstacle says what keeps the object.
func obstacle(object *unstructured.Unstructured) string {
	if finalizers := object.GetFinalizers(); len(finalizers) > 0 {
		return "it is kept by the finalizers " + strings.Join(finalizers, ", ")
	}
	result, err := status.Compute(object)
	if err != nil {
		return err.Error()
	}
	return result.Message
}

// skipsAwaitOnDelete says whether the annotation that skips waiting also holds for
// the deletion. In the original it does for these kinds only.
func skipsAwaitOnDelete(object *unstructured.Unstructured) bool {
	switch object.GroupVersionKind().GroupKind() {
	case schema.GroupKind{Kind: "Namespace"},
		schema.GroupKind{Kind: "Pod"},
		schema.GroupKind{Kind: "ReplicationController"},
		schema.GroupKind{Group: "apps", Kind: "DaemonSet"},
		schema.GroupKind{Group: "apps", Kind: "Deployment"},
		schema.GroupKind{Group: "apps", Kind: "StatefulSet"},
		schema.GroupKind{Group: "batch", Kind: "Job"}:
		return isAnnotated(object, annotationSkipAwait)
	}
	return false
}
