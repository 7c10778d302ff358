package rest

import (
	"encoding/json"
	"net/http"
	"strings"

	compute "google.golang.org/api/compute/v0.beta"

	"ai-serving/sandbox/rules"
)

var quotaKept = Rules.Add(rules.Rule{
	Name: "gcp/quota", Asks: "A project has no more of a kind of resource than its quotas allow, as far as given.yaml sets any.",
	Status: http.StatusForbidden, Code: "quotaExceeded",
	Source: "cloud.google.com/compute/resource-usage; Quota.metric in Compute Engine's discovery document",
})

// quotaMetrics are Compute Engine's names for the numbers of resources of a collection:
// those of a whole project, and those of a region.
var quotaMetrics = map[string]string{
	"backendBuckets": "BACKEND_BUCKETS", "backendServices": "BACKEND_SERVICES", "firewalls": "FIREWALLS",
	"healthChecks": "HEALTH_CHECKS", "instanceTemplates": "INSTANCE_TEMPLATES", "networks": "NETWORKS", "routers": "ROUTERS",
	"securityPolicies": "SECURITY_POLICIES", "subnetworks": "SUBNETWORKS", "targetHttpProxies": "TARGET_HTTP_PROXIES",
	"targetHttpsProxies": "TARGET_HTTPS_PROXIES", "urlMaps": "URL_MAPS",
}

var regionalQuotaMetrics = map[string]string{
	"addresses": "STATIC_ADDRESSES", "autoscalers": "AUTOSCALERS", "instanceGroupManagers": "INSTANCE_GROUP_MANAGERS",
}

// checkQuota refuses one resource more than the project may have. A project or a region
// that given.yaml has no quotas of has no end.
func (r *request) checkQuota() error {
	parts := strings.Split(r.key, "/")
	if len(parts) < 5 { // projects/P/global/COLLECTION/NAME at the least
		return nil
	}
	project, collection := strings.Join(parts[:2], "/"), parts[len(parts)-2]
	if err := r.checkMetric(project, collection, quotaMetrics[collection]); err != nil {
		return err
	}
	if parts[2] != "regions" {
		return nil
	}
	return r.checkMetric(strings.Join(parts[:4], "/"), collection, regionalQuotaMetrics[collection])
}

// checkMetric compares the resources of a collection in a project or a region with the
// quota of the place.
func (r *request) checkMetric(place, collection, metric string) error {
	var stored struct{ Quotas []compute.Quota }
	if _, err := r.tx.Get(place, &stored); err != nil || metric == "" {
		return err
	}
	for _, quota := range stored.Quotas {
		if quota.Metric != metric {
			continue
		}
		used := 0.0
		err := r.tx.Each(place+"/", func(key string, _ json.RawMessage) error {
			if strings.HasSuffix(strings.TrimSuffix(key, "/"+lastSegment(key)), "/"+collection) {
				used++
			}
			return nil
		})
		if err != nil {
			return err
		}
		if used >= quota.Limit {
			return quotaKept.Refuse("Quota '%s' exceeded. Limit: %.1f in %s.", metric, quota.Limit, place)
		}
	}
	return nil
}
