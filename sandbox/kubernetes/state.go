package kubernetes

import (
	"errors"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil/rpcerror"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/structpb"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// What the provider keeps in a resource's outputs beside the object.
const (
	outputFieldManager      resource.PropertyKey = "__fieldManager"
	outputInitialAPIVersion resource.PropertyKey = "__initialApiVersion"
)

// creator is the field manager that creates objects. The first update hands its
// fields over to the resource's own manager.
const creator = "pulumi-kubernetes"

// fieldManager is the name under which a resource applies its fields: its
// annotation's, else the one it has had, else a new one. It is the resource's own
// so that two resources that claim one field are found out.
func fieldManager(object *unstructured.Unstructured, outputs resource.PropertyMap) (string, error) {
	if name := object.GetAnnotations()[annotationPatchFieldManager]; name != "" {
		return name, nil
	}
	if name := outputs[outputFieldManager]; name.IsString() {
		return name.StringValue(), nil
	}
	return resource.NewUniqueName(nil, creator+"-", 0, 0, nil)
}

// outputs are the object's fields as the resource's outputs, without the list of
// who manages them.
func outputs(live *unstructured.Unstructured, inputs, before resource.PropertyMap, manager string) resource.PropertyMap {
	live = live.DeepCopy()
	live.SetManagedFields(nil)
	properties := resource.NewPropertyMapFromMap(live.Object)
	markSecrets(properties, inputs)
	initial := resource.NewProperty(live.GetAPIVersion())
	if version := before[outputInitialAPIVersion]; version.IsString() {
		initial = version
	}
	properties[outputInitialAPIVersion] = initial
	properties[outputFieldManager] = resource.NewProperty(manager)
	return properties
}

// unreadyError says that an object is not ready, and then what is known of why.
type unreadyError struct{ reasons []string }

func (e unreadyError) Error() string { return strings.Join(e.reasons, "\n") }

// partial is the error of a resource that is there and not ready. The engine
// records the resource and the reasons, and goes on with it the next time. Inputs
// may be nil: they are those that the engine has.
func partial(id resource.ID, outputs, inputs resource.PropertyMap, problem error) error {
	reasons := []string{problem.Error()}
	if unready, ok := errors.AsType[unreadyError](problem); ok {
		reasons = unready.reasons
	}
	state, err := marshal(outputs)
	if err != nil {
		return err
	}
	declared, err := marshal(inputs)
	if err != nil {
		return err
	}
	return rpcerror.WithDetails(
		rpcerror.New(codes.Unknown, problem.Error()),
		&pulumirpc.ErrorResourceInitFailed{Id: string(id), Properties: state, Inputs: declared, Reasons: reasons})
}

func marshal(properties resource.PropertyMap) (*structpb.Struct, error) {
	if properties == nil {
		return nil, nil
	}
	return plugin.MarshalProperties(properties, plugin.MarshalOptions{KeepUnknowns: true, KeepSecrets: true})
}
