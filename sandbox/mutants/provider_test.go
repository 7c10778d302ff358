package mutants

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/structpb"
)

// provider calls a plugin as the engine does, in this process.
type provider struct {
	pulumirpc.ResourceProviderServer
}

// crash is a provider's panic, which ends a plugin: no refusal.
type crash struct{ cause any }

func (c *crash) Error() string { return fmt.Sprintf("the provider crashes: %v", c.cause) }

// recovered turns a panic into an error, and so the end of a plugin that is a process of
// its own, which is started again.
func (p provider) recovered(err *error) {
	if cause := recover(); cause != nil {
		*err = &crash{cause}
	}
	if plugin, separate := p.ResourceProviderServer.(*restarting); separate && status.Code(*err) == codes.Unavailable {
		*err = &crash{*err}
		if failure := plugin.restart(); failure != nil {
			panic(fmt.Sprintf("the plugin does not start again: %v", failure))
		}
	}
}

// registration is a resource as a program asks for it.
type registration struct {
	urn    resource.URN
	inputs resource.PropertyMap
	// uses are the resources whose outputs are in a property.
	uses map[resource.PropertyKey][]resource.URN
	// dependencies are made before it.
	dependencies []resource.URN
	// provider is the one that the program chose, if it did.
	provider resource.URN
}

func (r registration) token() string { return string(r.urn.Type()) }

// cloud is the package that serves the resource: azure-native, gcp, kubernetes.
func (r registration) cloud() string { return string(r.urn.Type().Package()) }

// made is a resource that exists.
type made struct {
	registration
	id string
	// checked are the inputs as the provider completed them.
	checked, outputs resource.PropertyMap
}

// stage is when a provider refuses.
type stage int

const (
	checking stage = iota // before anything is asked of the cloud
	creating
	updating
	deleting
)

// refusal is what a provider says against a request.
type refusal struct {
	at  stage
	err error
}

func (r *refusal) Error() string { return r.err.Error() }
func (r *refusal) Unwrap() error { return r.err }

// check completes the inputs. old are those that the resource has, if any.
func (p provider) check(ctx context.Context, urn resource.URN, old, inputs resource.PropertyMap) (checked resource.PropertyMap, err error) {
	defer p.recovered(&err)
	seed := sha256.Sum256([]byte(urn))
	answer, err := p.Check(ctx, &pulumirpc.CheckRequest{
		Urn: string(urn), Type: string(urn.Type()), Name: urn.Name(),
		Olds: marshal(old), News: marshal(inputs), RandomSeed: seed[:],
	})
	if err != nil {
		return nil, &refusal{checking, err}
	}
	if failures := answer.GetFailures(); len(failures) > 0 {
		var reasons []string
		for _, failure := range failures {
			reasons = append(reasons, strings.TrimSpace(failure.GetProperty()+": "+failure.GetReason()))
		}
		return nil, &refusal{checking, errors.New(strings.Join(reasons, "; "))}
	}
	return unmarshal(answer.GetInputs()), nil
}

// create checks and makes a resource. In a preview nothing is made.
func (p provider) create(ctx context.Context, r registration, preview bool) (m made, err error) {
	defer p.recovered(&err)
	checked, err := p.check(ctx, r.urn, nil, r.inputs)
	if err != nil {
		return made{}, err
	}
	answer, err := p.Create(ctx, &pulumirpc.CreateRequest{
		Urn: string(r.urn), Type: r.token(), Name: r.urn.Name(), Properties: marshal(checked), Preview: preview,
	})
	if err != nil {
		return made{}, &refusal{creating, err}
	}
	return made{r, answer.GetId(), checked, unmarshal(answer.GetProperties())}, nil
}

// diff says what new inputs, which are checked, would do to the resource.
func (p provider) diff(ctx context.Context, m made, checked resource.PropertyMap) (*pulumirpc.DiffResponse, error) {
	return p.Diff(ctx, &pulumirpc.DiffRequest{
		Id: m.id, Urn: string(m.urn), Type: m.token(), Name: m.urn.Name(),
		Olds: marshal(m.outputs), OldInputs: marshal(m.checked), News: marshal(checked),
	})
}

// update changes the resource in place.
func (p provider) update(ctx context.Context, m made, checked resource.PropertyMap, preview bool) (err error) {
	defer p.recovered(&err)
	_, err = p.Update(ctx, &pulumirpc.UpdateRequest{
		Id: m.id, Urn: string(m.urn), Type: m.token(), Name: m.urn.Name(), Preview: preview,
		Olds: marshal(m.outputs), OldInputs: marshal(m.checked), News: marshal(checked),
	})
	if err != nil {
		return &refusal{updating, err}
	}
	return nil
}

// delete removes the resource.
func (p provider) delete(ctx context.Context, m made) error {
	_, err := p.Delete(ctx, &pulumirpc.DeleteRequest{
		Id: m.id, Urn: string(m.urn), Type: m.token(), Name: m.urn.Name(),
		Properties: marshal(m.outputs), OldInputs: marshal(m.checked),
	})
	if err != nil {
		return &refusal{deleting, err}
	}
	return nil
}

// marshal sends properties. They have no secrets: see [plain].
func marshal(properties resource.PropertyMap) *structpb.Struct {
	raw, err := plugin.MarshalProperties(properties, plugin.MarshalOptions{})
	if err != nil {
		panic(fmt.Sprintf("properties that were received cannot be sent: %v", err))
	}
	return raw
}

// unmarshal reads what a provider answers, with secrets as plain values.
func unmarshal(raw *structpb.Struct) resource.PropertyMap {
	properties, err := plugin.UnmarshalProperties(raw, plugin.MarshalOptions{})
	if err != nil {
		panic(fmt.Sprintf("the provider's answer cannot be read: %v", err))
	}
	return properties
}
