// Package crd makes a cluster's API server serve custom resources, as GKE's own
// controllers do.
package crd

import (
	"context"
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/dynamic"
	"sigs.k8s.io/yaml"
)

// Definitions are the API server's resource of all definitions.
var Definitions = schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"}

// served is how long an API server may take to serve a resource that it was given the
// definition of.
const served = 30 * time.Second

// Define gives the API server a definition, in YAML, unless it has it, and waits until
// it serves the resource.
func Define(ctx context.Context, client dynamic.Interface, definition string, resource schema.GroupVersionResource, fieldManager string) error {
	var object unstructured.Unstructured
	if err := yaml.Unmarshal([]byte(definition), &object.Object); err != nil {
		return fmt.Errorf("definition of %s: %w", resource.Resource, err)
	}
	_, err := client.Resource(Definitions).Create(ctx, &object, metav1.CreateOptions{FieldManager: fieldManager})
	if err != nil && !apierrors.IsAlreadyExists(err) {
		return fmt.Errorf("definition of %s: %w", resource.Resource, err)
	}
	return wait.PollUntilContextTimeout(ctx, served/100, served, true, func(ctx context.Context) (bool, error) {
		_, err := client.Resource(resource).List(ctx, metav1.ListOptions{})
		return err == nil, ctx.Err()
	})
}
