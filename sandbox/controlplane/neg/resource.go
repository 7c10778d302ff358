package neg

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"ai-serving/sandbox/controlplane/crd"
)

// Resource is the custom resource in which GKE tells of the groups of a Service's port,
// and which holds its namespace until the groups are deleted: see
// github.com/kubernetes/ingress-gce/blob/master/pkg/apis/svcneg/v1beta1/types.go.
var Resource = schema.GroupVersionResource{Group: "networking.gke.io", Version: "v1beta1", Resource: "servicenetworkendpointgroups"}

// finalizer keeps the custom resource until the controller has deleted its groups.
const finalizer = "networking.gke.io/neg-finalizer"

const definition = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: servicenetworkendpointgroups.networking.gke.io}
spec:
  group: networking.gke.io
  scope: Namespaced
  names: {kind: ServiceNetworkEndpointGroup, plural: servicenetworkendpointgroups, singular: servicenetworkendpointgroup, shortNames: [svcneg]}
  versions:
  - name: v1beta1
    served: true
    storage: true
    subresources: {status: {}}
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec: {type: object}
          status:
            type: object
            properties:
              lastSyncTime: {type: string, format: date-time}
              networkEndpointGroups:
                type: array
                items: {type: object, properties: {id: {type: string}, selfLink: {type: string}, networkEndpointType: {type: string}}}
              conditions:
                type: array
                items:
                  type: object
                  required: [type, status]
                  properties:
                    type: {type: string}
                    status: {type: string}
                    reason: {type: string}
                    message: {type: string}
                    lastTransitionTime: {type: string, format: date-time}
`

// define makes the API server serve the custom resource.
func (c *Controller) define(ctx context.Context) error {
	return crd.Define(ctx, c.Dynamic, definition, Resource, fieldManager)
}

// resourceStatus is what GKE tells of the groups.
type resourceStatus struct {
	Groups     []resourceGroup    `json:"networkEndpointGroups,omitempty"`
	Conditions []metav1.Condition `json:"conditions,omitempty"`
}

type resourceGroup struct {
	SelfLink            string `json:"selfLink"`
	NetworkEndpointType string `json:"networkEndpointType"`
}

// eachResource visits the custom resources of the groups that Services ask for. found is
// nil for one that does not exist. All are read in one request.
func (c *Controller) eachResource(ctx context.Context, services []*corev1.Service, wanted []Group,
	visit func(service *corev1.Service, name string, groups []Group, found *unstructured.Unstructured) error,
) error {
	resources, err := c.Dynamic.Resource(Resource).List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	found := map[types.NamespacedName]*unstructured.Unstructured{}
	for i := range resources.Items {
		resource := &resources.Items[i]
		found[types.NamespacedName{Namespace: resource.GetNamespace(), Name: resource.GetName()}] = resource
	}
	var failures []error
	for _, service := range services {
		byName := map[string][]Group{}
		for _, group := range wanted {
			if group.isOf(service) {
				byName[group.Name] = append(byName[group.Name], group)
			}
		}
		for name, groups := range byName {
			if err := visit(service, name, groups, found[types.NamespacedName{Namespace: service.Namespace, Name: name}]); err != nil {
				failures = append(failures, fmt.Errorf("service %s/%s: group %s: %w", service.Namespace, service.Name, name, err))
			}
		}
	}
	return errors.Join(failures...)
}

// make makes the custom resources that are missing, which are there before the groups are.
func (c *Controller) make(ctx context.Context, services []*corev1.Service, wanted []Group) error {
	return c.eachResource(ctx, services, wanted, func(service *corev1.Service, name string, groups []Group, found *unstructured.Unstructured) error {
		if found != nil {
			return nil
		}
		resources := c.Dynamic.Resource(Resource).Namespace(service.Namespace)
		_, err := resources.Create(ctx, newResource(service, name, groups[0].Origin().Port), metav1.CreateOptions{FieldManager: fieldManager})
		if apierrors.IsAlreadyExists(err) || apierrors.HasStatusCause(err, corev1.NamespaceTerminatingCause) {
			return nil // another Service asks for the name too, or the Service goes
		}
		return err
	})
}

// describe has the custom resources tell of the groups that are not lacking.
func (c *Controller) describe(ctx context.Context, services []*corev1.Service, wanted, lacking []Group) error {
	return c.eachResource(ctx, services, wanted, func(service *corev1.Service, name string, groups []Group, found *unstructured.Unstructured) error {
		if found == nil {
			return nil // deleted meanwhile
		}
		var told resourceStatus
		if given, is := found.Object["status"].(map[string]any); is {
			if err := runtime.DefaultUnstructuredConverter.FromUnstructured(given, &told); err != nil {
				return err
			}
		}
		next := told.with(groups, lacking)
		if next == nil {
			return nil
		}
		patch, err := json.Marshal(map[string]any{"status": next})
		if err != nil {
			return err
		}
		resources := c.Dynamic.Resource(Resource).Namespace(service.Namespace)
		_, err = resources.Patch(ctx, name, types.MergePatchType, patch, metav1.PatchOptions{FieldManager: fieldManager}, "status")
		return err
	})
}

// newResource is the custom resource for the groups of one port of a Service.
func newResource(service *corev1.Service, name, port string) *unstructured.Unstructured {
	owner := metav1.NewControllerRef(service, corev1.SchemeGroupVersion.WithKind("Service"))
	*owner.BlockOwnerDeletion = false
	object := &unstructured.Unstructured{}
	object.SetAPIVersion(Resource.GroupVersion().String())
	object.SetKind("ServiceNetworkEndpointGroup")
	object.SetNamespace(service.Namespace)
	object.SetName(name)
	object.SetLabels(map[string]string{
		"networking.gke.io/managed-by":   "neg-controller",
		"networking.gke.io/service-name": service.Name,
		"networking.gke.io/service-port": port,
	})
	object.SetOwnerReferences([]metav1.OwnerReference{*owner})
	object.SetFinalizers([]string{finalizer})
	return object
}

// with returns the status that lists all groups but those that are lacking, or nil if s
// lists them already.
func (s resourceStatus) with(groups, lacking []Group) *resourceStatus {
	next := resourceStatus{Conditions: slices.Clone(s.Conditions)}
	for _, group := range groups {
		if !slices.Contains(lacking, group) {
			next.Groups = append(next.Groups, resourceGroup{group.SelfLink, group.NetworkEndpointType})
		}
	}
	if len(next.Groups) == len(groups) {
		meta.SetStatusCondition(&next.Conditions, metav1.Condition{Type: "Initialized", Status: metav1.ConditionTrue, Reason: "NegInitializationSuccessful"})
		meta.SetStatusCondition(&next.Conditions, metav1.Condition{Type: "Synced", Status: metav1.ConditionTrue, Reason: "NegSyncSuccessful"})
	}
	if slices.Equal(s.Groups, next.Groups) && slices.Equal(s.Conditions, next.Conditions) {
		return nil
	}
	return &next
}

// collect deletes the groups that no Service asks for, and then their custom resources,
// each time that [Controller.Collect] has passed. It returns when the next time is: see
// garbageCollectNEGWithCRD in github.com/kubernetes/ingress-gce/blob/master/pkg/neg/manager.go.
func (c *Controller) collect(ctx context.Context, wanted []Group) (next time.Duration, err error) {
	if wait := time.Until(c.collected.Add(c.Collect)); wait > 0 {
		return wait, nil
	}
	c.collected = time.Now()
	next = resyncInterval
	if c.Collect > 0 {
		next = c.Collect
	}
	kept, err := removeSurplus(c.Store, c.Cluster, wanted)
	if err != nil {
		return next, err
	}
	resources, err := c.Dynamic.Resource(Resource).List(ctx, metav1.ListOptions{})
	if err != nil {
		return next, err
	}
	var failures []error
	for _, resource := range resources.Items {
		isThis := func(group Group) bool {
			return group.Name == resource.GetName() && group.Origin().Namespace == resource.GetNamespace()
		}
		if slices.ContainsFunc(wanted, isThis) {
			continue
		}
		if i := slices.IndexFunc(kept, isThis); i >= 0 {
			failures = append(failures, fmt.Errorf("network endpoint group %s is kept while another resource uses it", kept[i].id()))
			continue
		}
		failures = append(failures, c.release(ctx, resource))
	}
	return next, errors.Join(failures...)
}

// release lets a custom resource go.
func (c *Controller) release(ctx context.Context, resource unstructured.Unstructured) error {
	resources := c.Dynamic.Resource(Resource).Namespace(resource.GetNamespace())
	if resource.GetDeletionTimestamp() == nil {
		if err := resources.Delete(ctx, resource.GetName(), metav1.DeleteOptions{}); err != nil && !apierrors.IsNotFound(err) {
			return err
		}
	}
	_, err := resources.Patch(ctx, resource.GetName(), types.MergePatchType, []byte(`{"metadata":{"finalizers":null}}`), metav1.PatchOptions{FieldManager: fieldManager})
	if apierrors.IsNotFound(err) {
		return nil
	}
	return err
}
