package gcp

import (
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/hashicorp/terraform-provider-google-beta/google-beta/tpgiamresource"
	"github.com/hashicorp/terraform-provider-google-beta/google-beta/tpgresource"
	transport "github.com/hashicorp/terraform-provider-google-beta/google-beta/transport"
	"google.golang.org/api/cloudresourcemanager/v1"
)

// member is the provider's resource of one member's role on something. Its
// functions that change a policy wait for three seconds each, and one after the
// other for the members of one policy, because Google's policies take time to
// spread. The sandbox's do not: these two are ours, over the provider's own
// requests. Reading and import are the provider's.
func member(own map[string]*schema.Schema, updater tpgiamresource.NewResourceIamUpdaterFunc, parse tpgiamresource.ResourceIdParserFunc) *schema.Resource {
	resource := tpgiamresource.ResourceIamMember(own, updater, parse)
	//lint:ignore SA1019 the provider uses the old form
	read := resource.Read
	//lint:ignore SA1019 as above
	resource.Create = func(d *schema.ResourceData, meta any) error {
		grant := bindingOf(d)
		id, err := changePolicy(d, meta, updater, func(bindings []*cloudresourcemanager.Binding) []*cloudresourcemanager.Binding {
			return tpgiamresource.MergeBindings(append(bindings, grant))
		})
		if err != nil {
			return err
		}
		d.SetId(memberID(id, grant))
		return read(d, meta)
	}
	//lint:ignore SA1019 as above
	resource.Delete = func(d *schema.ResourceData, meta any) error {
		grant := bindingOf(d)
		id, err := changePolicy(d, meta, updater, func(bindings []*cloudresourcemanager.Binding) []*cloudresourcemanager.Binding {
			return revoke(bindings, grant)
		})
		if err != nil {
			return transport.HandleNotFoundError(err, d, "IAM member of "+id)
		}
		return nil
	}
	return resource
}

// bindingOf is the role that a resource gives to its member.
func bindingOf(d *schema.ResourceData) *cloudresourcemanager.Binding {
	return &cloudresourcemanager.Binding{
		Members:   []string{d.Get("member").(string)},
		Role:      d.Get("role").(string),
		Condition: tpgiamresource.ExpandIamCondition(d.Get("condition")),
	}
}

// memberID is the id that the provider gives to such a resource.
func memberID(governed string, grant *cloudresourcemanager.Binding) string {
	id := governed + "/" + grant.Role + "/" + grant.Members[0]
	if c := grant.Condition; c != nil {
		id += "/" + c.Title + "/" + c.Description + "/" + c.Expression
	}
	return id
}

// revoke takes a member out of the binding with the grant's role and condition.
func revoke(bindings []*cloudresourcemanager.Binding, grant *cloudresourcemanager.Binding) []*cloudresourcemanager.Binding {
	for _, binding := range bindings {
		if memberID("", &cloudresourcemanager.Binding{Role: binding.Role, Condition: binding.Condition, Members: grant.Members}) == memberID("", grant) {
			binding.Members = slices.DeleteFunc(binding.Members, func(member string) bool { return strings.EqualFold(member, grant.Members[0]) })
		}
	}
	return slices.DeleteFunc(bindings, func(binding *cloudresourcemanager.Binding) bool { return len(binding.Members) == 0 })
}

// changePolicy reads a policy, changes it and writes it, again when another
// process was faster. It gives the id of what the policy is of.
func changePolicy(d *schema.ResourceData, meta any, producer tpgiamresource.NewResourceIamUpdaterFunc,
	change func([]*cloudresourcemanager.Binding) []*cloudresourcemanager.Binding,
) (string, error) {
	updater, err := producer(d, meta.(*transport.Config))
	if err != nil {
		return "", err
	}
	transport.MutexStore.Lock(updater.GetMutexKey())
	defer transport.MutexStore.Unlock(updater.GetMutexKey())
	for {
		policy, err := updater.GetResourceIamPolicy()
		if err != nil {
			return updater.GetResourceId(), err
		}
		policy.Bindings = change(policy.Bindings)
		policy.Version = tpgiamresource.IamPolicyVersion
		if err = updater.SetResourceIamPolicy(policy); !tpgresource.IsConflictError(err) {
			return updater.GetResourceId(), err
		}
	}
}
