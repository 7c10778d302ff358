package rest

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"ai-serving/sandbox/rules"
)

var (
	memberExists = Rules.Add(rules.Rule{
		Name: "gcp/iam/member", Asks: "A service account of the project that is given a role exists.",
		Status: http.StatusBadRequest, Code: "badRequest", Source: "google-beta's transport.IamServiceAccountNotFound",
	})
	memberForm = Rules.Add(rules.Rule{
		Name: "gcp/iam/member-form", Asks: "A service account that is given a role has an address that ends in .gserviceaccount.com, or is one of a cluster: PROJECT.svc.id.goog[NAMESPACE/NAME].",
		Status: http.StatusBadRequest, Code: "badRequest",
		Source: "cloud.google.com/iam/docs/service-account-types, cloud.google.com/kubernetes-engine/docs/how-to/workload-identity; that what is not there is refused in any project: github.com/GoogleCloudPlatform/cdmc/issues/50",
	})
	roleForm = Rules.Add(rules.Rule{
		Name: "gcp/iam/role", Asks: "A role is named roles/R, projects/P/roles/R or organizations/O/roles/R.",
		Status: http.StatusBadRequest, Code: "badRequest",
		Source: "cloud.google.com/iam/docs/reference/rest/v1/Policy (that the API refuses it is inferred)",
	})
	accountTexts = Rules.Add(rules.Rule{
		Name: "gcp/service-account/texts", Asks: "The display name of an account has at most 100 bytes, and the description 256.",
		Status: http.StatusBadRequest, Code: "badRequest",
		Source: "discovery document iam v1: ServiceAccount.displayName, description",
	})
	policyCurrent = Rules.Add(rules.Rule{
		Name: "gcp/iam/etag", Asks: "A policy is changed as it is, not as it was.",
		Status: http.StatusConflict, Code: "aborted", Source: "cloud.google.com/iam/docs/policies#etag",
	})
)

// accountDomain ends the e-mail addresses of service accounts.
const accountDomain = ".iam.gserviceaccount.com"

func accountEmail(r *request) string {
	return text(r.body, "accountId") + "@" + r.project + accountDomain
}

// Bytes.
const (
	maxDisplayName = 100
	maxDescription = 256
)

func prepareAccount(r *request, next object) error {
	if len(text(next, "displayName")) > maxDisplayName || len(text(next, "description")) > maxDescription {
		return accountTexts.Refuse("The display name has at most %d bytes, and the description %d.", maxDisplayName, maxDescription)
	}
	next["email"], next["projectId"] = lastSegment(r.key), r.project
	if next["uniqueId"] == nil {
		next["uniqueId"] = fmt.Sprintf("1%020d", rand.Uint64N(1e18))
		next["oauth2ClientId"] = next["uniqueId"]
	}
	return nil
}

func (r *request) setDisabled(disabled bool) (any, error) {
	if err := r.mustExist(); err != nil {
		return nil, err
	}
	next := clone(r.old)
	next["disabled"] = disabled
	return r.put(next)
}

// policyKey is where the policy of a resource is stored.
func (r *request) policyKey() string { return r.key + "/iam" }

// mustBeThere refuses the policy of a resource that is not there. Projects are: the
// sandbox makes none.
func (r *request) mustBeThere() error {
	if r.collection == "projects" {
		return nil
	}
	return r.mustExist()
}

func (r *request) getPolicy() (any, error) {
	policy := object{"version": 1, "etag": base}
	if err := r.mustBeThere(); err != nil {
		return nil, err
	}
	_, err := r.tx.Get(r.policyKey(), &policy)
	return policy, err
}

// base is the etag of a policy that gives nobody anything.
const base = "ACAB"

func (r *request) setPolicy() (any, error) {
	if err := r.mustBeThere(); err != nil {
		return nil, err
	}
	policy, nested := r.body["policy"].(object)
	if !nested {
		policy = r.body
	}
	present := object{"etag": base}
	if _, err := r.tx.Get(r.policyKey(), &present); err != nil {
		return nil, err
	}
	if told := text(policy, "etag"); told != "" && told != present["etag"] {
		return nil, policyCurrent.Refuse("There were concurrent policy changes. Please retry the whole read-modify-write with exponential backoff.")
	}
	for _, binding := range objects(policy["bindings"]) {
		if role := text(binding, "role"); !roleName.MatchString(role) {
			return nil, roleForm.Refuse("Role %s is not supported for this resource.", role)
		}
		for _, member := range texts(binding["members"]) {
			if isMember(present, member) {
				continue // those of deleted accounts stay
			}
			if err := r.checkMember(member); err != nil {
				return nil, err
			}
		}
	}
	if r.api == "storage" {
		if err := r.checkRules(r.policyKey(), policy, present); err != nil {
			return nil, err
		}
	}
	if len(objects(policy["bindings"])) == 0 {
		return object{"version": 1, "etag": base}, r.tx.Delete(r.policyKey())
	}
	policy["etag"] = fingerprint()
	return policy, r.tx.Put(r.policyKey(), policy)
}

// roleName is a role of Google's or of one's own.
var roleName = regexp.MustCompile(`^(?:(?:projects|organizations)/[^/]+/)?roles/[A-Za-z0-9_.]+$`)

// isMember says whether a policy gives a member a role.
func isMember(policy object, member string) bool {
	return slices.ContainsFunc(objects(policy["bindings"]), func(binding object) bool {
		return slices.Contains(texts(binding["members"]), member)
	})
}

// accountForm is what a service account is named by: its address, or as one of a
// cluster.
var accountForm = regexp.MustCompile(`^[^@ ]+@[a-z0-9.-]+\.gserviceaccount\.com$|^[^@ ]+\.svc\.id\.goog\[[^/\]]+/[^/\]]+\]$`)

// checkMember refuses a service account that cannot be, and one of a project of the
// sandbox's that does not exist. Those of other projects, and Google's own, are taken as
// they are.
func (r *request) checkMember(member string) error {
	email, isAccount := strings.CutPrefix(member, "serviceAccount:")
	if isAccount && !accountForm.MatchString(email) {
		return memberForm.Refuse("Service account %s does not exist.", email)
	}
	project, isOwn := strings.CutSuffix(email[strings.IndexByte(email, '@')+1:], accountDomain)
	here := project == r.project || projectNumber(project) == r.old["projectNumber"] // of a bucket
	if isAccount && isOwn && here && !r.tx.Has("projects/"+project+"/serviceAccounts/"+email) {
		return memberExists.Refuse("Service account %s does not exist.", email)
	}
	return nil
}

// projectOf tells of a project. All projects exist.
func (r *request) projectOf() (any, error) {
	return object{
		"projectId": r.project, "name": r.project, "projectNumber": projectNumber(r.project), "lifecycleState": "ACTIVE",
	}, nil
}

// projectNumber is twelve digits, always the same for a project.
func projectNumber(project string) string {
	sum := fnv.New64a()
	_, _ = sum.Write([]byte(project)) // never fails
	return strconv.FormatUint(1e11+sum.Sum64()%9e11, 10)
}
