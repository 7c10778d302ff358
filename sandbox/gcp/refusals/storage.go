package refusals

import (
	"net/http"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	storage "google.golang.org/api/storage/v1"

	"ai-serving/sandbox/rules"
)

var (
	bucketForm = invalid("bucket/name",
		"The name of a bucket has lower-case letters, digits, dashes, underscores and dots, 3 to 63 of them, or 222 with dots; it is no address and nothing of Google's.",
		documented("storage/docs/buckets"))
	preventionWord = invalid("bucket/public-access-prevention",
		"Public access is prevented by the bucket, enforced, or as its organization says, inherited.",
		"discovery document storage v1: Bucket.iamConfiguration.publicAccessPrevention")
	publicPrevented = Rules.Add(rules.Rule{
		Name: "gcp/bucket/public-access", Status: http.StatusPreconditionFailed, Code: "conditionNotMet",
		Asks:   "Nothing is granted to everybody on a bucket that prevents public access.",
		Source: documented("storage/docs/public-access-prevention"),
	})
)

const (
	minBucketName   = 3
	maxBucketPart   = 63
	maxBucketDotted = 222
)

var bucketText = regexp.MustCompile(`^[a-z0-9]([-a-z0-9_.]*[a-z0-9])?$`)

func bucketName(r *request, _ *storage.Bucket) error {
	name := r.link.name
	longest := maxBucketPart
	if strings.Contains(name, ".") {
		longest = maxBucketDotted
	}
	_, notAddress := netip.ParseAddr(name)
	long := func(part string) bool { return len(part) > maxBucketPart }
	if len(name) < minBucketName || len(name) > longest || !bucketText.MatchString(name) || notAddress == nil ||
		strings.HasPrefix(name, "goog") || strings.Contains(name, "google") || slices.ContainsFunc(strings.Split(name, "."), long) {
		return bucketForm.Refuse("Invalid bucket name: '%s'", name)
	}
	return nil
}

// preventions are the values of publicAccessPrevention; the last is the older
// name of inherited.
var preventions = []string{"", "inherited", "enforced", "unspecified"}

func bucketPrevention(_ *request, b *storage.Bucket) error {
	if iam := b.IamConfiguration; iam != nil && !slices.Contains(preventions, iam.PublicAccessPrevention) {
		return preventionWord.Refuse("Invalid value for publicAccessPrevention: '%s'", iam.PublicAccessPrevention)
	}
	return nil
}

// bucketPolicy checks a bucket's access policy. Those of other resources find no
// bucket.
func bucketPolicy(r *request, p *storage.Policy) error {
	bucket, found := get[storage.Bucket](r.project, link{collection: "b", name: last(r.link.scope)})
	if !found || bucket.IamConfiguration == nil || bucket.IamConfiguration.PublicAccessPrevention != "enforced" {
		return nil
	}
	for _, binding := range p.Bindings {
		if slices.Contains(binding.Members, "allUsers") || slices.Contains(binding.Members, "allAuthenticatedUsers") {
			return publicPrevented.Refuse("One or more users named in the policy do not belong to a permitted customer: the member bindings allUsers and allAuthenticatedUsers are not allowed since public access prevention is enforced.")
		}
	}
	return nil
}
