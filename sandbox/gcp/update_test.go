package gcp

import (
	"maps"
	"strings"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// TestUpdatesInPlace changes what the provider changes by requests of their own:
// patches of parts, replacements with fingerprints, and methods for single
// fields. Each change is read back, and then there is nothing left to change.
func TestUpdatesInPlace(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	policy := s.make("compute/securityPolicy:SecurityPolicy", "guard", in{"rules": []any{
		in{"action": "deny(403)", "priority": 1000, "match": in{"versionedExpr": "SRC_IPS_V1", "config": in{"srcIpRanges": []any{"192.0.2.0/24"}}}},
		in{"action": "allow", "priority": 2147483647, "match": in{"versionedExpr": "SRC_IPS_V1", "config": in{"srcIpRanges": []any{"*"}}}},
	}})
	certificates := s.make("certificatemanager/certificateMap:CertificateMap", "certificates", in{})
	urls := s.make("compute/uRLMap:URLMap", "other", in{"defaultService": s.find("compute/backendBucket:BackendBucket", "static").id})
	for _, c := range []struct {
		m      made
		change in
	}{
		{s.find("compute/subnetwork:Subnetwork", "machines"), in{"ipCidrRange": "10.0.0.0/20", "privateIpGoogleAccess": true}},
		{s.find("compute/subnetwork:Subnetwork", "machines"), in{"logConfig": in{"flowSampling": 0.5}}},
		{s.find("compute/firewall:Firewall", "serving"), in{"priority": 900, "allows": []any{in{"protocol": "tcp", "ports": []any{"8081"}}}}},
		{s.find("compute/routerNat:RouterNat", "nat"), in{"minPortsPerVm": 128}},
		{s.find("compute/globalAddress:GlobalAddress", "address"), in{"labels": in{"tenant": "globex"}}},
		{s.find("compute/healthCheck:HealthCheck", "serving"), in{"checkIntervalSec": 7}},
		{s.find("compute/regionHealthCheck:RegionHealthCheck", "regional"), in{"checkIntervalSec": 8}},
		{s.find("compute/backendService:BackendService", "service"), in{"timeoutSec": 60, "securityPolicy": policy.text("selfLink")}},
		{s.find("compute/regionBackendService:RegionBackendService", "regional"), in{"timeoutSec": 61}},
		{s.find("compute/backendBucket:BackendBucket", "static"), in{"enableCdn": false}},
		{s.find("compute/regionUrlMap:RegionUrlMap", "regional"), in{"description": "all of it"}},
		{s.find("compute/targetHttpProxy:TargetHttpProxy", "proxy"), in{"urlMap": urls.id}},
		{s.find("compute/globalForwardingRule:GlobalForwardingRule", "rule"), in{"labels": in{"tenant": "acme"}}},
		{s.find("compute/forwardingRule:ForwardingRule", "regional"), in{"labels": in{"tenant": "acme"}}},
		{s.find("compute/regionInstanceGroupManager:RegionInstanceGroupManager", "group"), in{"namedPorts": []any{in{"name": "http", "port": 8080}, in{"name": "admin", "port": 8081}}}},
		{s.find("compute/regionAutoscaler:RegionAutoscaler", "scaler"), in{"autoscalingPolicy": in{"minReplicas": 2, "maxReplicas": 4, "cpuUtilization": in{"target": 0.5}}}},
		{s.find("storage/bucket:Bucket", "static"), in{"labels": in{"tenant": "acme"}}},
		{s.find("serviceaccount/account:Account", "machines"), in{"disabled": true}},
		{certificates, in{"description": "all of them"}},
		{policy, in{"rules": []any{
			in{"action": "deny(404)", "priority": 1000, "match": in{"versionedExpr": "SRC_IPS_V1", "config": in{"srcIpRanges": []any{"192.0.2.0/24"}}}},
			in{"action": "deny(403)", "priority": 1001, "match": in{"versionedExpr": "SRC_IPS_V1", "config": in{"srcIpRanges": []any{"198.51.100.0/24"}}}},
			in{"action": "allow", "priority": 2147483647, "match": in{"versionedExpr": "SRC_IPS_V1", "config": in{"srcIpRanges": []any{"*"}}}},
		}}},
	} {
		inputs := maps.Clone(s.inputs[c.m.id])
		maps.Copy(inputs, c.change)
		if diff := s.diff(c.m, inputs); diff.GetChanges() != pulumirpc.DiffResponse_DIFF_SOME || len(diff.GetReplaces()) > 0 {
			t.Errorf("%s with %v: %v, replaced for %v", c.m.id, c.change, diff.GetChanges(), diff.GetReplaces())
			continue
		}
		updated := s.update(c.m, inputs)
		if updated.id != c.m.id || updated.text("creationTimestamp") != c.m.text("creationTimestamp") {
			t.Errorf("%s with %v: another resource, %s", c.m.id, c.change, updated.id)
		}
		s.checkUnchanged(updated, inputs)
	}
}

// TestAPolicyIsSetAfterItsService, by a request of its own.
func TestAPolicyIsSetAfterItsService(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	policy := s.make("compute/securityPolicy:SecurityPolicy", "guard", in{})
	service := s.make("compute/backendService:BackendService", "guarded", in{
		"loadBalancingScheme": "EXTERNAL_MANAGED", "healthChecks": s.find("compute/healthCheck:HealthCheck", "serving").id,
		"securityPolicy": policy.text("selfLink"),
	})
	if got := s.read(service).text("securityPolicy"); !strings.HasSuffix(got, policy.id) {
		t.Errorf("the service's policy is %s", got)
	}
	if err := s.delete(policy); err == nil {
		t.Error("the policy of a service was deleted")
	}
}

// TestRulesOfARegionsPolicyAreResources, which are read and changed one by one.
func TestRulesOfARegionsPolicyAreResources(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	policy := s.make("compute/regionSecurityPolicy:RegionSecurityPolicy", "guard", in{"region": testRegion, "type": "CLOUD_ARMOR"})
	rule := func(host string, count int) in {
		return in{
			"region": testRegion, "securityPolicy": policy.text("name"), "priority": 2, "action": "throttle",
			"match": in{"expr": in{"expression": "request.headers['host'] == '" + host + "'"}},
			"rateLimitOptions": in{
				"conformAction": "allow", "exceedAction": "deny(429)", "enforceOnKey": "ALL",
				"rateLimitThreshold": in{"count": count, "intervalSec": 60},
			},
		}
	}
	limit := s.make("compute/regionSecurityPolicyRule:RegionSecurityPolicyRule", "limit", rule("a.example.com", 600))
	s.checkUnchanged(limit, rule("a.example.com", 600))
	s.checkUnchanged(s.update(limit, rule("b.example.com", 60)), rule("b.example.com", 60))
	service := s.make("compute/regionBackendService:RegionBackendService", "guarded", in{
		"region": testRegion, "loadBalancingScheme": "EXTERNAL_MANAGED",
		"healthChecks": s.find("compute/regionHealthCheck:RegionHealthCheck", "regional").id, "securityPolicy": policy.text("selfLink"),
	})
	if got := s.read(service).text("securityPolicy"); !strings.HasSuffix(got, policy.id) {
		t.Errorf("the service's policy is %s", got)
	}
	if err := s.delete(limit); err != nil {
		t.Error(err)
	}
	if err := s.delete(limit); err == nil {
		t.Error("the rule was deleted twice")
	}
}

// TestRemovalsInPlace take properties away, which the provider asks for by nulls
// and by masks that name what the body lacks. Nothing of them is left.
func TestRemovalsInPlace(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	for _, c := range []struct {
		token, name string
		inputs      in
		change      in
		removed     string
	}{
		{
			"storage/bucket:Bucket", "labelled",
			in{"location": "EU", "labels": in{"tenant": "acme", "team": "chat"}},
			in{"labels": in{"tenant": "acme"}},
			"",
		},
		{"storage/bucket:Bucket", "shared", in{"location": "EU", "cors": []any{in{"origins": []any{"*"}, "methods": []any{"GET"}}}}, nil, "cors"},
		{"storage/bucket:Bucket", "site", in{"location": "EU", "website": in{"mainPageSuffix": "index.html"}}, nil, "website"},
		{"serviceaccount/account:Account", "named", in{"accountId": "named-one", "displayName": "of many"}, in{"displayName": "of few"}, ""},
		{"serviceaccount/account:Account", "unnamed", in{"accountId": "unnamed", "displayName": "of many"}, nil, "displayName"},
		{"certificatemanager/certificateMap:CertificateMap", "described", in{"description": "all of them"}, nil, "description"},
		{"compute/globalAddress:GlobalAddress", "labelled", in{"labels": in{"tenant": "acme"}}, nil, "labels"},
	} {
		m := s.create(c.token, c.name, c.inputs)
		inputs := maps.Clone(c.inputs)
		maps.Copy(inputs, c.change)
		delete(inputs, c.removed)
		s.checkUnchanged(s.update(m, inputs), inputs)
	}
}
