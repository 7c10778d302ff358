package kubernetes

import (
	"context"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
)

// apply sets the object's fields in the name of the manager. A field that another
// manager has set to another value is a conflict, unless forced.
func (p *Provider) apply(
	ctx context.Context, client dynamic.ResourceInterface, object *unstructured.Unstructured, manager string, force, preview bool,
) (*unstructured.Unstructured, error) {
	force = force || isAnnotated(object, annotationPatchForce)
	document, err := object.MarshalJSON()
	if err != nil {
		return nil, err
	}
	return client.Patch(ctx, object.GetName(), types.ApplyPatchType, document, metav1.PatchOptions{
		FieldManager:    manager,
		Force:           &force,
		FieldValidation: metav1.FieldValidationStrict,
		DryRun:          dryRun(preview),
	})
}
