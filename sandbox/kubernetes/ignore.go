package kubernetes

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
)

// leaveIgnored keeps an update from touching the fields that are under the
// ignoreChanges option, such as the replicas that an autoscaler sets. A field
// that the resource's manager owns is applied with its present value, for leaving
// it out would remove it; one that is somebody else's is left out; one that the
// object does not have is set as the program first set it.
//
// Paths into lists are left to the engine, which puts the old input there.
func leaveIgnored(object, live *unstructured.Unstructured, manager string, ignored []string) error {
	paths, err := parsePaths(ignored)
	if err != nil {
		return err
	}
	owned, err := ownedFields(live, manager)
	if err != nil {
		return err
	}
	for _, path := range paths {
		names, ok := fieldNames(path)
		if !ok {
			continue
		}
		value, found, err := unstructured.NestedFieldCopy(live.Object, names...)
		switch {
		case err != nil:
			return fmt.Errorf("ignored field %s: %w", path, err)
		case !found:
		case owns(owned, names):
			if err := unstructured.SetNestedField(object.Object, value, names...); err != nil {
				return fmt.Errorf("ignored field %s: %w", path, err)
			}
		default:
			unstructured.RemoveNestedField(object.Object, names...)
		}
	}
	return nil
}

// fieldNames are the names along a path that leads through objects only.
func fieldNames(path resource.PropertyPath) ([]string, bool) {
	names := make([]string, len(path))
	for i, element := range path {
		name, ok := element.(string)
		if !ok || name == "*" {
			return nil, false
		}
		names[i] = name
	}
	return names, len(names) > 0
}

// ownedFields is the set of fields that the manager has applied.
func ownedFields(live *unstructured.Unstructured, manager string) (*fieldpath.Set, error) {
	owned := fieldpath.NewSet()
	for _, entry := range live.GetManagedFields() {
		if entry.Manager != manager || entry.Operation != metav1.ManagedFieldsOperationApply || entry.FieldsV1 == nil {
			continue
		}
		fields := fieldpath.NewSet()
		if err := fields.FromJSON(entry.FieldsV1.GetRawReader()); err != nil {
			return nil, fmt.Errorf("managed fields of %s: %w", describe(live), err)
		}
		owned = owned.Union(fields)
	}
	return owned, nil
}

// owns says whether the field or something in it is in the set.
func owns(set *fieldpath.Set, names []string) bool {
	for _, name := range names[:len(names)-1] {
		set = set.WithPrefix(fieldpath.PathElement{FieldName: &name})
	}
	last := fieldpath.PathElement{FieldName: &names[len(names)-1]}
	return set.Members.Has(last) || !set.WithPrefix(last).Empty()
}
