package kubernetes

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// The annotations by which a program steers the provider. They are the original
// provider's and are kept on the object.
const (
	annotationAutonamed           = "pulumi.com/autonamed"
	annotationSkipAwait           = "pulumi.com/skipAwait"
	annotationWaitFor             = "pulumi.com/waitFor"
	annotationTimeoutSeconds      = "pulumi.com/timeoutSeconds"
	annotationReplaceUnready      = "pulumi.com/replaceUnready"
	annotationPatchForce          = "pulumi.com/patchForce"
	annotationPatchFieldManager   = "pulumi.com/patchFieldManager"
	annotationDeletionPropagation = "pulumi.com/deletionPropagationPolicy"
)

// checkAnnotations says what is wrong with the object's annotations for the
// provider. One that the provider does not have is likely misspelt, and would do
// nothing.
func checkAnnotations(object *unstructured.Unstructured) []error {
	var problems []error
	annotations := object.GetAnnotations()
	for _, annotation := range slices.Sorted(maps.Keys(annotations)) {
		if !strings.HasPrefix(annotation, "pulumi.com/") {
			continue
		}
		var err error
		switch annotation {
		case annotationAutonamed, annotationSkipAwait, annotationReplaceUnready, annotationPatchForce, annotationPatchFieldManager:
		case annotationWaitFor:
			_, err = parseWaitFor(annotations[annotation])
		case annotationTimeoutSeconds:
			_, err = timeout(0, object)
		case annotationDeletionPropagation:
			_, err = propagation(object)
		default:
			err = knownAnnotation.Refuse("the sandbox does not know the annotation %s", annotation)
		}
		if err != nil {
			problems = append(problems, err)
		}
	}
	return problems
}

// defaultTimeout bounds a wait for which neither the customTimeouts option nor
// an annotation says how long.
const defaultTimeout = 10 * time.Minute

func isAnnotated(object *unstructured.Unstructured, annotation string) bool {
	return object.GetAnnotations()[annotation] == "true"
}

// timeout is how long to wait for the object: the customTimeouts option in
// seconds, else the annotation, else ten minutes.
func timeout(customSeconds float64, object *unstructured.Unstructured) (time.Duration, error) {
	if customSeconds > 0 {
		return time.Duration(customSeconds * float64(time.Second)), nil
	}
	text, annotated := object.GetAnnotations()[annotationTimeoutSeconds]
	if !annotated {
		return defaultTimeout, nil
	}
	seconds, err := strconv.Atoi(text)
	if err != nil || seconds <= 0 {
		return 0, timeoutSeconds.Refuse("annotation %s: %q is not a number of seconds above zero", annotationTimeoutSeconds, text)
	}
	return time.Duration(seconds) * time.Second, nil
}

// propagation says what becomes of the objects that a deleted object owns. By
// default they go first.
func propagation(object *unstructured.Unstructured) (metav1.DeletionPropagation, error) {
	text := object.GetAnnotations()[annotationDeletionPropagation]
	switch strings.ToLower(text) {
	case "", "foreground":
		return metav1.DeletePropagationForeground, nil
	case "background":
		return metav1.DeletePropagationBackground, nil
	case "orphan":
		return metav1.DeletePropagationOrphan, nil
	}
	return "", propagationPolicy.Refuse("annotation %s: %q is not foreground, background or orphan", annotationDeletionPropagation, text)
}
