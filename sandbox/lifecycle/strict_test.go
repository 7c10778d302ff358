package lifecycle

import (
	"encoding/json"
	"strings"
	"sync"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/restmapper"

	"ai-serving/sandbox/controlplane"
	"ai-serving/sandbox/stacktest"
)

// warnings are the Warning headers of an API server's answers.
type warnings struct {
	sync.Mutex
	texts []string
}

// HandleWarningHeader keeps the text of a header.
func (w *warnings) HandleWarningHeader(_ int, _, text string) {
	w.Lock()
	defer w.Unlock()
	w.texts = append(w.texts, text)
}

// checkManifests sends every Kubernetes object of the state to its API server once more, as
// a dry run with strict validation: the server refuses fields that it does not know and
// fields that stand twice, and warns of what is deprecated or breaks a Pod Security Standard.
// Source: kubernetes.io/docs/reference/using-api/api-concepts/#field-validation.
func checkManifests(s stacktest.Stack) {
	s.T.Helper()
	clusters, err := controlplane.At(s.Sandbox.Home).Clusters()
	if err != nil {
		s.T.Fatal(err)
	}
	for _, cluster := range clusters {
		for _, problem := range problems(s, cluster) {
			s.T.Errorf("cluster %s: %s", cluster.ID, problem)
		}
	}
}

// problems are the errors and the warnings of a cluster's API server.
func problems(s stacktest.Stack, cluster controlplane.Cluster) []string {
	s.T.Helper()
	config, err := cluster.Config()
	if err != nil {
		s.T.Fatal(err)
	}
	warned := &warnings{}
	config.WarningHandler = warned
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		s.T.Fatal(err)
	}
	discovered, err := discovery.NewDiscoveryClientForConfig(config)
	if err != nil {
		s.T.Fatal(err)
	}
	mapper := restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(discovered))
	objects := manifests(s, cluster)
	if len(objects) == 0 {
		return []string{"the state has no object of it"}
	}
	var found []string
	for _, object := range objects {
		mapping, err := mapper.RESTMapping(object.GroupVersionKind().GroupKind(), object.GroupVersionKind().Version)
		if err != nil {
			s.T.Fatal(err)
		}
		if err := dryRun(s, client.Resource(mapping.Resource), object); err != nil {
			found = append(found, object.GetKind()+" "+object.GetName()+": "+err.Error())
		}
		for _, text := range warned.texts {
			found = append(found, object.GetKind()+" "+object.GetName()+": warning: "+text)
		}
		warned.texts = nil
	}
	return found
}

// dryRun applies an object as Pulumi's provider does, without an effect.
func dryRun(s stacktest.Stack, client dynamic.NamespaceableResourceInterface, object unstructured.Unstructured) error {
	body, err := json.Marshal(object.Object)
	if err != nil {
		return err
	}
	force := true
	_, err = client.Namespace(object.GetNamespace()).Patch(s.T.Context(), object.GetName(), types.ApplyPatchType, body, metav1.PatchOptions{
		DryRun: []string{metav1.DryRunAll}, FieldManager: "strict", FieldValidation: metav1.FieldValidationStrict, Force: &force,
	})
	return err
}

// manifests are the objects of a cluster, as the program gives them.
func manifests(s stacktest.Stack, cluster controlplane.Cluster) []unstructured.Unstructured {
	s.T.Helper()
	var exported struct {
		Deployment struct{ Resources []stacktest.Resource }
	}
	s.Decode(s.Pulumi("stack", "export", "--show-secrets"), &exported)
	var all []unstructured.Unstructured
	for _, resource := range exported.Deployment.Resources {
		region, _, _ := strings.Cut(resource.Name(), ".")
		if !strings.HasPrefix(resource.Type, "kubernetes:") || !strings.HasPrefix(region, location(cluster)+"-") {
			continue
		}
		object := unstructured.Unstructured{Object: revealed(s, resource.Inputs).(map[string]any)}
		version, _ := resource.Inputs["apiVersion"].(string)
		if _, err := schema.ParseGroupVersion(version); err != nil || version == "" {
			s.T.Fatalf("%s has no apiVersion: %v", resource.URN, resource.Inputs)
		}
		all = append(all, object)
	}
	return all
}

// revealed is a value of a state with its secrets in the clear, which an export that shows
// them has as JSON under "plaintext".
func revealed(s stacktest.Stack, value any) any {
	object, ok := value.(map[string]any)
	if !ok {
		return value
	}
	if text, secret := object["plaintext"].(string); secret {
		var inside any
		s.Decode(text, &inside)
		return inside
	}
	for key, element := range object {
		object[key] = revealed(s, element)
	}
	return object
}

// location is the region of a cluster: the part of its id that follows "locations".
func location(cluster controlplane.Cluster) string {
	_, after, _ := strings.Cut(cluster.ID, "locations/")
	region, _, _ := strings.Cut(after, "/")
	return region
}
