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
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	listerscorev1 "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"

	"ai-serving/sandbox/store"
)

const (
	// retryInterval is the wait before what was refused is tried again.
	retryInterval = 2 * time.Second
	// resyncInterval is the wait between two looks though nothing has changed.
	resyncInterval = time.Minute

	fieldManager = "neg-controller"
)

// Controller keeps the network endpoint groups of one cluster in step with its
// Services and the zones of its nodes.
type Controller struct {
	Cluster string // projects/P/locations/L/clusters/NAME
	Client  kubernetes.Interface
	Dynamic dynamic.Interface // of the same cluster
	Store   store.Store       // of Google Cloud
	// Delay is how long the controller takes to make the groups of a zone, after
	// those of the zone before.
	Delay time.Duration
	// Collect is the time between two looks for groups that no Service asks for.
	Collect time.Duration

	services listerscorev1.ServiceLister
	nodes    listerscorev1.NodeLister
	pods     listerscorev1.PodLister
	asked    map[string]time.Time // when a group was asked for, by its id
	complete []*corev1.Service    // that have all of their groups
	// collected is when groups that no Service asks for were last looked for.
	collected time.Time
}

// Run works until ctx is done. What fails is logged and tried again.
func (c *Controller) Run(ctx context.Context) error {
	if err := installGates(ctx, c.Client); err != nil {
		return fmt.Errorf("readiness gates: %w", err)
	}
	if err := c.define(ctx); err != nil {
		return fmt.Errorf("custom resource of groups: %w", err)
	}
	asking, waiting, err := c.watch(ctx)
	if err != nil {
		return err
	}
	c.asked = map[string]time.Time{}
	for {
		next, err := c.reconcile(ctx)
		if err != nil {
			slog.WarnContext(ctx, "reconcile", "cluster", c.Cluster, "error", err)
			next = min(next, retryInterval)
		}
		again := time.After(next)
		for idle := true; idle; {
			if err := c.passGates(ctx); err != nil {
				slog.WarnContext(ctx, "pass readiness gates", "cluster", c.Cluster, "error", err)
				again = time.After(retryInterval)
			}
			select {
			case <-ctx.Done():
				return nil
			case <-waiting:
			case <-asking:
				idle = false
			case <-again:
				idle = false
			}
		}
	}
}

// watch starts to follow Services and nodes, which ask for groups, and pods, which
// wait for them. Each channel holds one element when any of its objects has changed.
func (c *Controller) watch(ctx context.Context) (asking, waiting <-chan struct{}, err error) {
	factory := informers.NewSharedInformerFactory(c.Client, 0)
	services, nodes, pods := factory.Core().V1().Services(), factory.Core().V1().Nodes(), factory.Core().V1().Pods()
	c.services, c.nodes, c.pods = services.Lister(), nodes.Lister(), pods.Lister()
	if asking, err = follow(services.Informer(), nodes.Informer()); err != nil {
		return nil, nil, err
	}
	if waiting, err = follow(pods.Informer()); err != nil {
		return nil, nil, err
	}
	factory.Start(ctx.Done())
	factory.WaitForCacheSync(ctx.Done())
	return asking, waiting, nil
}

// follow returns a channel that holds one element when an object of the informers has
// changed.
func follow(all ...cache.SharedIndexInformer) (<-chan struct{}, error) {
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
	for _, informer := range all {
		if _, err := informer.AddEventHandler(handler); err != nil {
			return nil, err
		}
	}
	return changed, nil
}

// reconcile does one round of GKE's controller, in its order: it tells each Service
// which groups it gets, and only then makes these, zone by zone; those that no Service
// asks for it removes from time to time. It returns when to come again though nothing has changed.
// See processService in ingress-gce, pkg/neg/controller.go.
func (c *Controller) reconcile(ctx context.Context) (next time.Duration, err error) {
	zones, err := c.zones()
	if err != nil {
		return resyncInterval, err
	}
	services, err := c.services.List(labels.Everything())
	if err != nil {
		return resyncInterval, err
	}
	slices.SortFunc(services, func(a, b *corev1.Service) int {
		return a.CreationTimestamp.Compare(b.CreationTimestamp.Time) // the first to ask for a name gets it
	})
	var wanted []Group
	var failures []error
	for _, service := range services {
		names, err := requestedGroups(c.Cluster, service)
		if err != nil {
			failures = append(failures, fmt.Errorf("service %s/%s: %w", service.Namespace, service.Name, err))
			continue
		}
		wanted = append(wanted, c.groups(service, names, zones)...)
		var told *status
		if len(names) > 0 {
			told = &status{Groups: names, Zones: zones}
		}
		failures = append(failures, c.report(ctx, service, told))
	}
	failures = append(failures, c.make(ctx, services, wanted))
	late, next := c.late(wanted, zones)
	lacking, err := save(c.Store, c.Cluster, wanted, late)
	failures = append(failures, err, c.describe(ctx, services, wanted, lacking))
	c.complete = slices.DeleteFunc(services, func(service *corev1.Service) bool {
		of := func(group Group) bool { return group.isOf(service) }
		return !slices.ContainsFunc(wanted, of) || slices.ContainsFunc(lacking, of)
	})
	collecting, err := c.collect(ctx, wanted)
	return min(next, collecting), errors.Join(append(failures, err)...)
}

// late are the ids of the groups that are still being made if they are not there yet,
// and when the first of them is.
func (c *Controller) late(wanted []Group, zones []string) (late map[string]bool, next time.Duration) {
	next = resyncInterval
	late = map[string]bool{}
	asked := map[string]time.Time{}
	for _, group := range wanted {
		id := group.id()
		asked[id] = time.Now()
		if first, known := c.asked[id]; known {
			asked[id] = first
		}
		takes := c.Delay * time.Duration(1+slices.Index(zones, lastSegment(group.Zone)))
		if wait := time.Until(asked[id].Add(takes)); wait > 0 {
			late[id] = true
			next = min(next, wait)
		}
	}
	c.asked = asked
	return late, next
}

func lastSegment(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

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
	_, err = c.Client.CoreV1().Services(service.Namespace).Patch(ctx, service.Name, types.MergePatchType, patch, metav1.PatchOptions{FieldManager: fieldManager})
	if apierrors.IsNotFound(err) {
		return nil // deleted meanwhile
	}
	return err
}
