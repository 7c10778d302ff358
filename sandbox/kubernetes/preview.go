package kubernetes

import (
	"context"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// warnForbidden tells of an admission that a preview was refused: a quota, a
// limit range, Pod Security. The preview goes on, like the original's, for what
// the refusal is about may change in the same plan; the original says nothing.
func (p *Provider) warnForbidden(ctx context.Context, urn resource.URN, object *unstructured.Unstructured, err error) {
	p.warn(ctx, urn, "%s would be refused by the cluster as it is now: %v", describe(object), err)
}

// previewPods warns of a workload whose pods the cluster would not admit: the API
// server accepts the workload itself, and only its pods would be missing.
func (p *Provider) previewPods(ctx context.Context, urn resource.URN, workload *unstructured.Unstructured) {
	pod, ok := firstPod(workload)
	if !ok {
		return
	}
	client, err := p.cluster.resource(pod)
	if err != nil {
		return
	}
	if _, err = createObject(ctx, client, pod, true); apierrors.IsForbidden(err) || apierrors.IsInvalid(err) {
		p.warn(ctx, urn, "the pods of %s would be refused by the cluster as it is now: %v", describe(workload), err)
	}
}

// firstPod is a pod of the workload's template. It has no service account, which
// may be part of the plan.
func firstPod(workload *unstructured.Unstructured) (*unstructured.Unstructured, bool) {
	template, found, err := unstructured.NestedMap(workload.Object, "spec", "template")
	if !found || err != nil || workload.GroupVersionKind().Group != "apps" && workload.GroupVersionKind().Group != "batch" {
		return nil, false
	}
	pod := &unstructured.Unstructured{Object: template}
	pod.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("Pod"))
	pod.SetNamespace(workload.GetNamespace())
	pod.SetName("preview")
	for _, field := range []string{"serviceAccount", "serviceAccountName"} {
		unstructured.RemoveNestedField(pod.Object, "spec", field)
	}
	return pod, true
}
