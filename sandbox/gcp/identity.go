package gcp

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"

	"github.com/hashicorp/terraform-provider-google-beta/google-beta/services/resourcemanager"
	"github.com/hashicorp/terraform-provider-google-beta/google-beta/tpgiamresource"
)

// accountDomain ends the e-mail addresses of service accounts.
const accountDomain = ".iam.gserviceaccount.com"

func identityKinds() []kind {
	return []kind{
		{
			tfType: "google_project_service", module: "projects", name: "Service",
			resource: resourcemanager.ResourceGoogleProjectService(),
			id:       "{{project}}/{{service}}",
			shared:   true,
		},
		{
			tfType: "google_project_iam_member", module: "projects", name: "IAMMember",
			resource: tpgiamresource.ResourceIamMember(resourcemanager.IamProjectSchema, resourcemanager.NewProjectIamUpdater, resourcemanager.ProjectIdParseFunc, tpgiamresource.IamWithBatching),
			identify: identifyMember("{{project}}"),
			shared:   true,
			complete: completeMember,
		},
		{
			tfType: "google_service_account", module: "serviceaccount", name: "Account",
			resource: resourcemanager.ResourceGoogleServiceAccount(),
			identify: identifyAccount,
			complete: completeAccount,
		},
		{
			tfType: "google_service_account_iam_member", module: "serviceaccount", name: "IAMMember",
			resource: tpgiamresource.ResourceIamMember(resourcemanager.IamServiceAccountSchema, resourcemanager.NewServiceAccountIamUpdater, resourcemanager.ServiceAccountIdParseFunc),
			identify: identifyMember("{{service_account_id}}"),
			shared:   true,
			parent:   "{{service_account_id}}",
			complete: completeMember,
		},
	}
}

func accountEmail(o *operation) string {
	return o.text("account_id") + "@" + o.project() + accountDomain
}

func identifyAccount(o *operation) (string, error) {
	id := "projects/" + o.project() + "/serviceAccounts/" + accountEmail(o)
	if o.tx.Has(id) {
		return "", refuse(http.StatusConflict, "alreadyExists", "Service account %s already exists within project projects/%s.", o.text("account_id"), o.project())
	}
	return id, nil
}

func completeAccount(o *operation) error {
	o.set("email", accountEmail(o))
	o.set("name", o.id)
	o.set("member", "serviceAccount:"+accountEmail(o))
	o.fill("unique_id", fmt.Sprintf("1%020d", rand.Uint64N(1e18)))
	return nil
}

// identifyMember makes the id of one member's role on a resource.
func identifyMember(resource string) func(*operation) (string, error) {
	return func(o *operation) (string, error) {
		id, err := o.expand(resource + "/{{role}}/{{member}}")
		if title := o.text("condition.0.title"); title != "" {
			id += "/" + title
		}
		return id, err
	}
}

// completeMember refuses a service account of the same project that does not
// exist. Those of other projects, and Google's own, are taken as they are.
func completeMember(o *operation) error {
	email, isAccount := strings.CutPrefix(o.text("member"), "serviceAccount:")
	project, isOwn := strings.CutSuffix(email[strings.IndexByte(email, '@')+1:], accountDomain)
	if !isAccount || !isOwn {
		return nil
	}
	id := "projects/" + project + "/serviceAccounts/" + email
	if project == o.config.Project && !o.tx.Has(id) {
		return refuse(http.StatusBadRequest, "badRequest", "Service account %s does not exist.", email)
	}
	return nil
}
