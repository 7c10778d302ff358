package rest

import (
	"net/http"
	"strings"

	"ai-serving/sandbox/rules"
)

var (
	machineAccount = Rules.Add(rules.Rule{
		Name: "gcp/machine/service-account", Asks: "The service account of instances and nodes exists, if it is one of the project.",
		Status: http.StatusBadRequest, Code: "badRequest",
		Source: "github.com/hashicorp/terraform-provider-google/issues/4435 (of clusters; that a template is refused, and not its instances, is inferred)",
	})
	machineScopes = Rules.Add(rules.Rule{
		Name: "gcp/machine/scopes", Asks: "The scopes of instances and nodes are those of Google's APIs.",
		Status: http.StatusBadRequest, Code: "invalid",
		Source: "developers.google.com/identity/protocols/oauth2/scopes (that the API refuses others is inferred)",
	})
)

// scopePrefix begins the scopes of Google Cloud's APIs.
const scopePrefix = "https://www.googleapis.com/auth/"

// checkIdentity holds the service account and the scopes of machines to what there is.
// An account is "default", an email, or the number of one. Those of other projects are
// taken as they are.
func (r *request) checkIdentity(account string, scopes any) error {
	project, isOwn := strings.CutSuffix(account[strings.IndexByte(account, '@')+1:], accountDomain)
	missing := isOwn && project == r.project && !r.tx.Has("projects/"+project+"/serviceAccounts/"+account)
	if missing || strings.Contains(account, "@") && !strings.HasSuffix(account, ".gserviceaccount.com") {
		return machineAccount.Refuse("Service account %q does not exist.", account)
	}
	for _, scope := range texts(scopes) {
		name, isGoogles := strings.CutPrefix(scope, scopePrefix)
		if !isGoogles || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789._-") != "" || name == "" {
			return machineScopes.Refuse("Invalid value for field 'scopes': '%s'. The scope is not valid.", scope)
		}
	}
	return nil
}
