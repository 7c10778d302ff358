package neg

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	listerscorev1 "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"

	"ai-serving/sandbox/store"
)

// retryInterval is the wait before what was refused is tried again.
const retryInterval = 2 * time.Second

// Controller keeps the network endpoint groups of one cluster in step with its
// Services and the zones of its nodes.
type Controller struct {
	Cluster string // projects/P/locations/L/clusters/NAME
	Client  kubernetes.Interface
	Store   store.Store // of Google Cloud

	services listerscorev1.ServiceLister
	nodes    listerscorev1.NodeLister
}

// Run works until ctx is done. What fails is logged and tried again.
func (c *Controller) Run(ctx context.Context) error {
	changed, err := c.watch(ctx)
	if err != nil {
		return err
	}
	for {
		err := c.reconcile(ctx)
		if err != nil {
			slog.WarnContext(ctx, "reconcile", "cluster", c.Cluster, "error", err)
		}
		var retry <-chan time.Time // blocks for ever while there is nothing to retry
		if err != nil {
			retry = time.After(retryInterval)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
		case <-retry:
		}
	}
}

// watch starts to follow Services and nodes. The channel holds one element when
// any of them has changed.
func (c *Controller) watch(ctx context.Context) (<-chan struct{}, error) {
	factory := informers.NewSharedInformerFactory(c.Client, 0)
	services, nodes := factory.Core().V1().Services(), factory.Core().V1().Nodes()
	c.services, c.nodes = services.Lister(), nodes.Lister()

	changed := make(chan struct{}, 1)
	note := func() {
		select {
		case changed <- struct{}{}:
		default: // noted already
		}
	}
	handler := cache.ResourceEventHandlerFuncs{
		AddFunc:    func(any) { note() },
		UpdateFunc: func(any, any) { note() },
		DeleteFunc: func(any) { note() },
	}
	for _, informer := range []cache.SharedIndexInformer{services.Informer(), nodes.Informer()} {
		if _, err := informer.AddEventHandler(handler); err != nil {
			return nil, err
		}
	}
	factory.Start(ctx.Done())
	factory.WaitForCacheSync(ctx.Done())
	return changed, nil
}

// reconcile makes the groups that the Services ask for, removes the others, and
// tells each Service what it got.
func (c *Controller) reconcile(ctx context.Context) error {
	zones, err := c.zones()
	if err != nil {
		return err
	}
	services, err := c.services.List(labels.Everything())
	if err != nil {
		return err
	}
	slices.SortFunc(services, func(a, b *corev1.Service) int {
		return a.CreationTimestamp.Compare(b.CreationTimestamp.Time) // the first to ask for a name gets it
	})

	var groups []Group
	var failures []error
	statuses := map[*corev1.Service]*status{}
	for _, service := range services {
		names, err := requestedGroups(c.Cluster, service)
		if err != nil {
			failures = append(failures, fmt.Errorf("service %s/%s: %w", service.Namespace, service.Name, err))
			continue
		}
		groups = append(groups, c.groups(service, names, zones)...)
		if len(names) > 0 {
			statuses[service] = &status{Groups: names, Zones: zones}
		}
	}
	denied, err := save(c.Store, c.Cluster, groups)
	failures = append(failures, err)
	for _, service := range services {
		if slices.ContainsFunc(denied, func(group Group) bool { return group.isOf(service) }) {
			delete(statuses, service) // it did not get what it asks for
		}
		failures = append(failures, c.report(ctx, service, statuses[service]))
	}
	return errors.Join(failures...)
}

// zones returns the zones in which the cluster has nodes, sorted.
func (c *Controller) zones() ([]string, error) {
	nodes, err := c.nodes.List(labels.Everything())
	if err != nil {
		return nil, err
	}
	zones := map[string]bool{}
	for _, node := range nodes {
		zones[node.Labels[corev1.LabelTopologyZone]] = true
	}
	delete(zones, "")
	sorted := slices.AppendSeq([]string{}, maps.Keys(zones)) // [] rather than null in the annotation
	slices.Sort(sorted)
	return sorted, nil
}

// groups returns a group for each of a Service's exposed ports in each zone.
func (c *Controller) groups(service *corev1.Service, names map[string]string, zones []string) []Group {
	project := strings.Split(c.Cluster, "/")[1]
	var groups []Group
	for port, name := range names {
		for _, zone := range zones {
			origin := Origin{Cluster: c.Cluster, Namespace: service.Namespace, Service: service.Name, Port: port}
			groups = append(groups, newGroup(project, zone, name, origin))
		}
	}
	return groups
}

// report makes a Service's status annotation say what it got; nil is nothing.
func (c *Controller) report(ctx context.Context, service *corev1.Service, got *status) error {
	var value *string // null in a merge patch removes
	if got != nil {
		raw, err := json.Marshal(got)
		if err != nil {
			return err
		}
		text := string(raw)
		value = &text
	}
	present, found := service.Annotations[statusAnnotation]
	if value == nil && !found || value != nil && *value == present {
		return nil
	}
	patch, err := json.Marshal(map[string]any{"metadata": map[string]any{"annotations": map[string]any{statusAnnotation: value}}})
	if err != nil {
		return err
	}
	_, err = c.Client.CoreV1().Services(service.Namespace).Patch(ctx, service.Name, types.MergePatchType, patch, metav1.PatchOptions{FieldManager: "neg-controller"})
	if apierrors.IsNotFound(err) {
		return nil // deleted meanwhile
	}
	return err
}
