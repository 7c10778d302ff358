package gcp

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/hashicorp/terraform-plugin-sdk/v2/diag"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/hashicorp/terraform-provider-google-beta/google-beta/tpgresource"
	transport "github.com/hashicorp/terraform-provider-google-beta/google-beta/transport"

	"ai-serving/sandbox/controlplane"
	"ai-serving/sandbox/store"
)

// cloud is the Google Cloud of one sandbox.
type cloud struct {
	home     string
	store    store.Store
	clusters controlplane.ControlPlane
}

func newCloud(home string) cloud {
	return cloud{
		home:     home,
		store:    store.At(filepath.Join(home, "stores", "gcp.db")),
		clusters: controlplane.At(home),
	}
}

// serve returns the provider's resource with its calls to Google replaced.
func (c cloud) serve(k kind) *schema.Resource {
	resource := k.resource
	//lint:ignore SA1019 the provider uses the old form
	changes := resource.Update != nil || resource.UpdateContext != nil || resource.UpdateWithoutTimeout != nil
	//lint:ignore SA1019 the old forms have to be empty for the new ones to be called
	resource.Create, resource.Read, resource.Update, resource.Delete, resource.Exists = nil, nil, nil, nil, nil
	resource.CreateContext = c.action(k, c.create)
	resource.ReadContext = c.action(k, c.read)
	resource.DeleteContext = c.action(k, c.delete)
	resource.UpdateContext = nil
	if changes {
		resource.UpdateContext = c.action(k, c.update)
	}
	return resource
}

// action makes one of a resource's functions.
func (c cloud) action(k kind, act func(context.Context, *operation) error) func(context.Context, *schema.ResourceData, any) diag.Diagnostics {
	return func(ctx context.Context, d *schema.ResourceData, meta any) diag.Diagnostics {
		return diag.FromErr(act(ctx, &operation{kind: k, data: d, config: meta.(*transport.Config), id: d.Id()}))
	}
}

// create stores the resource, makes true what it says, and reads it, as the
// provider does: what Google leaves empty is then known to be empty. When it
// fails, the resource is not there, as in Google's own creation.
func (c cloud) create(ctx context.Context, o *operation) error {
	err := c.store.Update(func(tx store.Tx) error {
		o.tx = tx
		return o.create()
	})
	if err != nil {
		return err
	}
	if err := c.provision(ctx, o); err != nil {
		return errors.Join(err, c.discard(context.WithoutCancel(ctx), o))
	}
	o.data.SetId(o.id)
	return c.read(ctx, o)
}

// provision makes true what the stored resource says, and stores what that
// adds to it.
func (c cloud) provision(ctx context.Context, o *operation) error {
	if o.kind.provision == nil {
		return nil
	}
	if err := o.kind.provision(ctx, c, o); err != nil {
		return err
	}
	return c.store.Update(func(tx store.Tx) error {
		o.tx = tx
		return o.save()
	})
}

// discard takes back a creation.
func (c cloud) discard(ctx context.Context, o *operation) error {
	var err error
	if o.kind.retire != nil {
		err = o.kind.retire(ctx, c, o)
	}
	return errors.Join(err, c.store.Update(func(tx store.Tx) error {
		o.tx = tx
		return o.forget()
	}))
}

// read gives the resource the attributes that are stored. One that is not there
// has no id, by which the engine knows it.
func (c cloud) read(_ context.Context, o *operation) error {
	return c.store.View(func(tx store.Tx) error {
		found, exists, err := get(tx, o.id)
		if err != nil {
			return err
		}
		if !exists || found.Type != o.kind.tfType {
			o.data.SetId("")
			return nil
		}
		return o.load(found)
	})
}

func (c cloud) update(ctx context.Context, o *operation) error {
	err := c.store.Update(func(tx store.Tx) error {
		o.tx = tx
		if !tx.Has(o.id) {
			return notFound(o.id)
		}
		return o.put()
	})
	if err == nil {
		err = c.provision(ctx, o)
	}
	if err != nil {
		o.data.Partial(true) // the state keeps what it had
		return err
	}
	return c.read(ctx, o)
}

// delete refuses to remove what is in use. What is not there is removed.
func (c cloud) delete(ctx context.Context, o *operation) error {
	err := c.store.View(func(tx store.Tx) error {
		o.tx = tx
		return o.checkRemoval()
	})
	if err != nil {
		return err
	}
	if o.kind.retire != nil {
		if err := o.kind.retire(ctx, c, o); err != nil {
			return err
		}
	}
	return c.store.Update(func(tx store.Tx) error {
		o.tx = tx
		if err := o.checkRemoval(); err != nil {
			return err
		}
		return o.forget()
	})
}

// setLabels gives the user's labels as the provider does: those of the labels
// that the resource has which the program knows.
func setLabels(d *schema.ResourceData, stored any) error {
	labels := map[string]string{}
	if values, ok := stored.(map[string]any); ok {
		for label, value := range values {
			labels[label], _ = value.(string)
		}
	}
	return errors.Join(
		tpgresource.SetLabels(labels, d, "labels"),
		tpgresource.SetLabels(labels, d, "terraform_labels"),
		d.Set("effective_labels", labels),
	)
}
