package kubernetes

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/scheme"
)

// kindOf reads a kind from a resource type: apps/v1, Deployment from
// kubernetes:apps/v1:Deployment. It fails for types that are not one object of
// the cluster: charts, manifests, patches and lists.
func kindOf(token tokens.Type) (schema.GroupVersionKind, error) {
	group, version, isVersioned := strings.Cut(token.Module().Name().String(), "/")
	if token.Package() != Name || !isVersioned {
		return schema.GroupVersionKind{}, unknownType(token)
	}
	switch group {
	case "core":
		group = ""
	case "helm.sh", "yaml", "kustomize":
		return schema.GroupVersionKind{}, unknownType(token)
	}
	kind := schema.GroupVersionKind{Group: group, Version: version, Kind: token.Name().String()}
	if strings.HasSuffix(kind.Kind, "List") && isBuiltIn(kind) {
		return schema.GroupVersionKind{}, unknownType(token)
	}
	if target, isPatch := strings.CutSuffix(kind.Kind, "Patch"); isPatch && isBuiltIn(kind.GroupVersion().WithKind(target)) {
		return schema.GroupVersionKind{}, unknownType(token)
	}
	return kind, nil
}

func unknownType(token tokens.Type) error {
	return singleObject.Refuse("the sandbox does not know the type %s: it serves single objects of a cluster, "+
		"and no Helm, YAML, Kustomize, Patch or List resources", token)
}

// isBuiltIn says whether the kind is one that every Kubernetes of client-go's
// version has the type of.
func isBuiltIn(kind schema.GroupVersionKind) bool { return scheme.Scheme.Recognizes(kind) }

// isBuiltInGroup says whether the group is Kubernetes' own, so that a kind in it
// which client-go lacks is not one that a custom resource definition may bring.
func isBuiltInGroup(group string) bool { return scheme.Scheme.IsGroupRegistered(group) }
