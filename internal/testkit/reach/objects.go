package reach

import (
	"encoding/json"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/runtime"
	kjson "sigs.k8s.io/json"

	"ai-serving/internal/testkit"
)

// Objects are the Namespaces, Deployments and NetworkPolicies that a recording has in
// each cluster, by the URN of the cluster's provider.
func Objects(recording *testkit.Recording) (map[resource.URN][]runtime.Object, error) {
	all := map[resource.URN][]runtime.Object{}
	for _, registered := range recording.Resources {
		object := empty(registered.Type)
		if object == nil {
			continue
		}
		if err := decode(registered, object); err != nil {
			return nil, fmt.Errorf("%s %q: %w", registered.Type, registered.Name, err)
		}
		all[registered.Provider] = append(all[registered.Provider], object)
	}
	return all, nil
}

// empty is an object of a type that decides about connections; nil for any other.
func empty(token string) runtime.Object {
	switch token {
	case "kubernetes:core/v1:Namespace":
		return &corev1.Namespace{}
	case "kubernetes:apps/v1:Deployment":
		return &appsv1.Deployment{}
	case "kubernetes:networking.k8s.io/v1:NetworkPolicy":
		return &networkingv1.NetworkPolicy{}
	}
	return nil
}

// decode reads an object's inputs as the API server does that refuses unknown fields.
func decode(registered testkit.Resource, object runtime.Object) error {
	text, err := json.Marshal(testkit.Reveal(registered.Inputs))
	if err != nil {
		return err
	}
	unknown, err := kjson.UnmarshalStrict(text, object)
	if err != nil {
		return err
	}
	if len(unknown) > 0 {
		return fmt.Errorf("has fields that the type has not: %v", unknown)
	}
	return nil
}
