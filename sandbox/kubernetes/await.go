package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/go-logr/logr"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/tools/cache"
	watchtools "k8s.io/client-go/tools/watch"
	"k8s.io/klog/v2"
)

// condition is what is waited for.
type condition struct {
	what string // completes "waiting for": to be ready
	// met says whether the object meets the condition, and how far it has come.
	met func(*unstructured.Unstructured) (verdict, error)
}

// verdict is a condition's view of one state of the object.
type verdict struct {
	met    bool
	failed bool   // it will not be met any more
	state  string // for the user
}

// errGone is the end of a wait for an object that somebody deletes.
var errGone = errors.New("it was deleted meanwhile")

// await blocks until the object that has just been written is ready, or the limit
// has passed, and returns its last known state. Before is the object as it was
// before an update.
func (p *Provider) await(
	ctx context.Context, urn resource.URN, live, before *unstructured.Unstructured, limit time.Duration,
) (*unstructured.Unstructured, error) {
	condition, err := p.conditionOf(ctx, live, before)
	if err != nil || condition == nil {
		return live, err
	}
	given, giveUp := context.WithCancelCause(ctx)
	waiting, cancel := context.WithTimeout(given, limit)
	var following sync.WaitGroup
	following.Go(func() { p.followPods(waiting, urn, live, giveUp) })
	defer func() {
		cancel()
		giveUp(nil)
		following.Wait()
	}()
	report := p.progress(ctx, urn)
	defer report("")
	last, state, err := p.until(waiting, live, *condition, report)
	if err == nil && waitsForEndpoints(last) {
		state, err = p.untilEndpoints(waiting, last, report)
	}
	if err == nil {
		return last, nil
	}
	var reasons []string
	switch {
	case ctx.Err() != nil:
		reasons = append(reasons, fmt.Sprintf("the wait for %s %s was cancelled", describe(live), condition.what))
	case errors.Is(context.Cause(given), errNoRoom):
		reasons = append(reasons, fmt.Sprintf("%s: the wait for it %s was given up: %v", describe(live), condition.what, context.Cause(given)))
	case waiting.Err() != nil:
		reasons = append(reasons, fmt.Sprintf("%s: waited %s for it %s", describe(live), limit, condition.what))
	default:
		reasons = append(reasons, fmt.Sprintf("%s: waited for it %s: %v", describe(live), condition.what, err))
	}
	if state != "" {
		reasons = append(reasons, state)
	}
	reasons = append(reasons, p.troubles(last)...)
	return last, unreadyError{append(reasons, remedies(reasons)...)}
}

// until watches the object until it meets the condition. It returns the last
// known object and the last state that the condition saw, and reports every state.
func (p *Provider) until(
	ctx context.Context, live *unstructured.Unstructured, c condition, report func(string),
) (*unstructured.Unstructured, string, error) {
	last, state := live, ""
	evaluate := func(object *unstructured.Unstructured) (bool, error) {
		verdict, err := c.met(object)
		if err != nil {
			return false, err
		}
		report(verdict.state)
		last, state = object, verdict.state
		if verdict.failed {
			return false, errors.New("it failed")
		}
		return verdict.met, nil
	}
	err := p.watch(ctx, live, func(event watch.Event) (bool, error) {
		object, ok := event.Object.(*unstructured.Unstructured)
		if !ok {
			return false, nil
		}
		if event.Type == watch.Deleted {
			return false, errGone
		}
		return evaluate(object)
	})
	return last, state, err
}

// watch calls f with the object as it is and then with every change to it, until
// f says that it is done.
func (p *Provider) watch(ctx context.Context, object *unstructured.Unstructured, f watchtools.ConditionFunc) error {
	client, err := p.cluster.resource(object)
	if err != nil {
		return err
	}
	exists := func(store cache.Store) (bool, error) {
		if len(store.List()) == 0 {
			return false, errGone
		}
		return false, nil
	}
	_, err = watchtools.UntilWithSync(quiet(ctx), listWatch(client, object.GetName()), &unstructured.Unstructured{}, exists, f)
	return err
}

// listWatch lists and watches the one object of that name. It never begins with
// what a cache of the API server has, which may be from before the last write.
func listWatch(client dynamic.ResourceInterface, name string) *cache.ListWatch {
	selector := fields.OneTermEqualSelector(metav1.ObjectNameField, name).String()
	return &cache.ListWatch{
		ListWithContextFunc: func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
			options.FieldSelector, options.ResourceVersion = selector, ""
			return client.List(ctx, options)
		},
		WatchFuncWithContext: func(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
			options.FieldSelector = selector
			return client.Watch(ctx, options)
		},
	}
}

// quiet keeps client-go from writing lost connections to the user's terminal; it
// connects again by itself.
func quiet(ctx context.Context) context.Context { return klog.NewContext(ctx, logr.Discard()) }
