package mutants

import (
	"context"
	"errors"
	"fmt"
	"regexp"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/tools/clientcmd"

	"ai-serving/sandbox/controlplane"
)

// cluster is where the stack's objects are, all of them: a mistake is made in
// another object beside them, under another name, and nothing is kept of it.
type cluster struct {
	stack   *stack
	objects dynamic.Interface
	mapper  *restmapper.DeferredDiscoveryRESTMapper
	// right is the object without a mistake.
	right *unstructured.Unstructured
}

// newCluster connects to the only cluster of a stack.
func newCluster(s *stack) (*cluster, error) {
	clusters, err := controlplane.At(s.home).Clusters()
	if err != nil {
		return nil, err
	}
	if len(clusters) != 1 {
		return nil, fmt.Errorf("the stack has %d clusters, want one", len(clusters))
	}
	config, err := clientcmd.BuildConfigFromFlags("", clusters[0].Kubeconfig)
	if err != nil {
		return nil, err
	}
	config.QPS, config.WarningHandler = -1, rest.NoWarnings{}
	objects, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	client, err := discovery.NewDiscoveryClientForConfig(config)
	if err != nil {
		return nil, err
	}
	return &cluster{stack: s, objects: objects, mapper: restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(client))}, nil
}

// alone are the types of which no other object can be made beside one, with the reason.
// No mistakes are made in them.
var alone = map[string]string{
	"kubernetes:apiregistration.k8s.io/v1:APIService": "Its name is that of the API that it registers.",
}

// suffix is what an object's name has more when it is made beside the one that
// there is.
const suffix = "-beside"

// bindsLate is the path of a name that the API server does not look up: what has
// it does not become ready when there is no such thing.
var bindsLate = regexp.MustCompile(`serviceAccountName$|secretKeyRef\.(name|key)$|cloud\.google\.com/neg$|^spec\.ports\[\]\.port$`)

// try asks for an object with a mistake, by the provider's preview and then of
// the API server itself: the preview lets pass what may depend on the rest of
// the plan, such as a namespace that is not there. Where the API server takes a
// name without looking it up, the object is made.
// The first time, without a mistake, it notes what comes of it.
func (c *cluster) try(ctx context.Context, original registration, broken mutant) error {
	r := broken.registration
	r.inputs = unmarshal(marshal(broken.inputs))
	rename(r, original.inputs)
	p := c.stack.provider(r)
	accepted, err := p.create(ctx, r, true)
	if err != nil {
		return err
	}
	object, err := c.dryRun(ctx, accepted.checked)
	switch {
	case err != nil:
		return &refusal{creating, err}
	case broken.mutator == "":
		c.right = object
	case equality.Semantic.DeepEqual(c.right, object):
		return errSame
	}
	if !bindsLate.MatchString(broken.path) {
		return nil
	}
	return p.makeBriefly(ctx, r)
}

// rename gives an object another name, unless the name is what is mistaken. One that
// Pulumi names would get the same name again.
func rename(r registration, original resource.PropertyMap) {
	inputs, name := r.inputs, resource.PropertyPath{"metadata", "name"}
	before, named := name.Get(resource.NewProperty(original))
	if !named {
		name.Set(resource.NewProperty(inputs), resource.NewProperty(r.urn.Name()+suffix))
		return
	}
	now, found := name.Get(resource.NewProperty(inputs))
	if found && now.IsString() && now.DeepEquals(before) {
		name.Set(resource.NewProperty(inputs), resource.NewProperty(now.StringValue()+suffix))
	}
}

// makeBriefly makes an object and removes it again. One that does not become
// ready soon is refused.
func (p provider) makeBriefly(ctx context.Context, r registration) error {
	soon := resource.PropertyPath{"metadata", "annotations", "pulumi.com/timeoutSeconds"}
	soon.Set(resource.NewProperty(r.inputs), resource.NewProperty("25"))
	m, err := p.create(ctx, r, false)
	if m.id == "" {
		m = made{registration: r, id: r.text("metadata", "namespace") + "/" + r.text("metadata", "name"), checked: r.inputs, outputs: r.inputs}
	}
	if gone := p.delete(ctx, m); gone != nil {
		return fmt.Errorf("made briefly: %w", gone)
	}
	if err != nil {
		return errors.Join(errLate, err)
	}
	return nil
}

// text is a text in the inputs.
func (r registration) text(path ...any) string {
	value, _ := resource.PropertyPath(path).Get(resource.NewProperty(r.inputs))
	if !value.IsString() {
		return ""
	}
	return value.StringValue()
}

// dryRun asks the API server for the object, and gives what it would make of it
// without what is different each time.
func (c *cluster) dryRun(ctx context.Context, inputs resource.PropertyMap) (*unstructured.Unstructured, error) {
	object := &unstructured.Unstructured{Object: inputs.Mappable()}
	kind := object.GroupVersionKind()
	mapping, err := c.mapper.RESTMapping(kind.GroupKind(), kind.Version)
	if err != nil {
		return nil, err
	}
	options := metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}, FieldValidation: metav1.FieldValidationStrict}
	made, err := c.objects.Resource(mapping.Resource).Namespace(object.GetNamespace()).Create(ctx, object, options)
	if err != nil {
		return nil, err
	}
	for _, field := range []string{"uid", "creationTimestamp", "managedFields", "resourceVersion"} {
		unstructured.RemoveNestedField(made.Object, "metadata", field)
	}
	return made, nil
}
