package rest

import (
	"net/http"
	"strings"

	"ai-serving/sandbox/rules"
)

var bucketExists = Rules.Add(rules.Rule{
	Name: "gcp/backend-bucket/bucket", Asks: "A backend bucket names a bucket that exists.",
	Status: http.StatusBadRequest, Code: "invalid", Source: "cloud.google.com/load-balancing/docs/https/ext-load-balancer-backend-buckets",
})

// prepareBackendBucket refuses a bucket that does not exist.
func prepareBackendBucket(r *request, next object) error {
	bucket := text(next, "bucketName")
	if !r.tx.Has("b/" + bucket) {
		return invalid(bucketExists, "resource.bucketName", bucket, "The bucket does not exist.")
	}
	return nil
}

// prepareForwardingRule gives the rule its address: the one that it names, by
// reference or in digits, or a free one.
func prepareForwardingRule(r *request, next object) error {
	if strings.HasPrefix(text(next, "loadBalancingScheme"), "EXTERNAL") && next["networkTier"] == nil {
		next["networkTier"] = "PREMIUM"
	}
	if ports := text(next, "portRange"); ports != "" && !strings.Contains(ports, "-") {
		next["portRange"] = ports + "-" + ports
	}
	wanted := text(next, "IPAddress")
	if wanted == "" {
		taken, err := r.takenAddresses()
		if err != nil {
			return err
		}
		next["IPAddress"], err = freeAddress(publicRanges, taken)
		return err
	}
	if key := r.keyOf(wanted); key != "" {
		var address object
		_, err := r.tx.Get(key, &address) // it was resolved
		next["IPAddress"] = address["address"]
		return err
	}
	return nil
}
