package gcp

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// stack makes resources and remembers what they were made from.
type stack struct {
	sandbox
	inputs map[string]in // by id
	made   []made
}

func (s *stack) make(token, name string, inputs in) made {
	s.t.Helper()
	m := s.create(token, name, inputs)
	s.inputs[m.id] = inputs
	s.made = append(s.made, m)
	return m
}

// newStack is a sandbox with one of everything that stands between a client and
// an instance, in the order in which it is made.
func newStack(t *testing.T) *stack {
	t.Helper()
	s := &stack{sandbox: newSandbox(t), inputs: map[string]in{}}
	network := s.make("compute/network:Network", "Main", in{"autoCreateSubnetworks": false})
	group := s.makeInstances(network)
	s.makeGlobalBalancer(group)
	s.makeRegionalBalancer(network, group)
	return s
}

const testRegion = "europe-west4"

// makeInstances makes a managed instance group and what it needs, and returns
// the URL of the group.
func (s *stack) makeInstances(network made) string {
	s.t.Helper()
	machines := s.make("compute/subnetwork:Subnetwork", "machines", in{
		"network": network.id, "region": testRegion, "ipCidrRange": "10.0.0.0/20",
		"secondaryIpRanges": []any{in{"rangeName": "pods", "ipCidrRange": "10.4.0.0/14"}},
		"logConfig":         in{"flowSampling": 0.1},
	})
	s.make("compute/firewall:Firewall", "serving", in{
		"network": network.id, "sourceRanges": []any{"10.0.0.0/8"}, "targetTags": []any{"serving"},
		"allows": []any{in{"protocol": "tcp", "ports": []any{"8080"}}},
	})
	router := s.make("compute/router:Router", "router", in{"network": network.id, "region": testRegion})
	s.make("compute/routerNat:RouterNat", "nat", in{
		"router": router.text("name"), "region": testRegion, "natIpAllocateOption": "AUTO_ONLY",
		"sourceSubnetworkIpRangesToNat": "ALL_SUBNETWORKS_ALL_IP_RANGES",
	})
	account := s.make("serviceaccount/account:Account", "machines", in{"accountId": "machines"})
	s.make("projects/iAMMember:IAMMember", "logs", in{"project": "p", "role": "roles/logging.logWriter", "member": account.text("member")})
	template := s.make("compute/instanceTemplate:InstanceTemplate", "template", in{
		"machineType":       "e2-standard-2",
		"labels":            in{"tenant": "acme"},
		"disks":             []any{in{"boot": true, "sourceImage": "cos-cloud/cos-stable", "diskSizeGb": 50}},
		"networkInterfaces": []any{in{"subnetwork": machines.id}},
		"serviceAccount":    in{"email": account.text("email"), "scopes": []any{"https://www.googleapis.com/auth/cloud-platform"}},
	})
	check := s.make("compute/healthCheck:HealthCheck", "healing", in{"httpHealthCheck": in{"port": 8080, "requestPath": "/"}})
	manager := s.make("compute/regionInstanceGroupManager:RegionInstanceGroupManager", "group", in{
		"region": testRegion, "baseInstanceName": "vm",
		"versions":            []any{in{"instanceTemplate": template.text("selfLinkUnique")}},
		"namedPorts":          []any{in{"name": "http", "port": 8080}},
		"autoHealingPolicies": in{"healthCheck": check.text("selfLink"), "initialDelaySec": 60},
	})
	s.make("compute/regionAutoscaler:RegionAutoscaler", "scaler", in{
		"region": testRegion, "target": manager.text("selfLink"),
		"autoscalingPolicy": in{"minReplicas": 1, "maxReplicas": 3, "cpuUtilization": in{"target": 0.6}},
	})
	return manager.text("instanceGroup")
}

func (s *stack) makeGlobalBalancer(group string) {
	s.t.Helper()
	check := s.make("compute/healthCheck:HealthCheck", "serving", in{"httpHealthCheck": in{"portSpecification": "USE_SERVING_PORT"}})
	service := s.make("compute/backendService:BackendService", "service", in{
		"loadBalancingScheme": "EXTERNAL_MANAGED", "healthChecks": check.id,
		"backends": []any{in{"group": group, "balancingMode": "UTILIZATION", "capacityScaler": 1.0}},
	})
	bucket := s.make("storage/bucket:Bucket", "static", in{"location": "EU", "uniformBucketLevelAccess": true, "forceDestroy": true})
	s.make("storage/bucketIAMMember:BucketIAMMember", "public", in{"bucket": bucket.text("name"), "role": "roles/storage.objectViewer", "member": "allUsers"})
	s.make("storage/bucketObject:BucketObject", "index", in{"bucket": bucket.text("name"), "name": "index.html", "content": "hello"})
	static := s.make("compute/backendBucket:BackendBucket", "static", in{"bucketName": bucket.text("name"), "enableCdn": true})
	urls := s.make("compute/uRLMap:URLMap", "urls", in{
		"defaultService": static.id,
		"hostRules":      []any{in{"hosts": []any{"acme.example.com"}, "pathMatcher": "acme"}},
		"pathMatchers": []any{in{
			"name": "acme", "defaultService": static.id,
			"pathRules": []any{in{"paths": []any{"/v1/*"}, "service": service.id}},
		}},
		"tests": []any{in{"host": "acme.example.com", "path": "/v1/chat", "service": service.text("selfLink")}},
	})
	proxy := s.make("compute/targetHttpProxy:TargetHttpProxy", "proxy", in{"urlMap": urls.id})
	address := s.make("compute/globalAddress:GlobalAddress", "address", in{"labels": in{"tenant": "acme"}})
	s.make("compute/globalForwardingRule:GlobalForwardingRule", "rule", in{
		"target": proxy.id, "ipAddress": address.text("address"), "portRange": "80", "loadBalancingScheme": "EXTERNAL_MANAGED",
	})
}

func (s *stack) makeRegionalBalancer(network made, group string) {
	s.t.Helper()
	s.make("compute/subnetwork:Subnetwork", "proxies", in{
		"network": network.id, "region": testRegion, "ipCidrRange": "10.0.16.0/23", "purpose": "REGIONAL_MANAGED_PROXY", "role": "ACTIVE",
	})
	check := s.make("compute/regionHealthCheck:RegionHealthCheck", "regional", in{"region": testRegion, "httpHealthCheck": in{"portSpecification": "USE_SERVING_PORT"}})
	service := s.make("compute/regionBackendService:RegionBackendService", "regional", in{
		"region": testRegion, "loadBalancingScheme": "EXTERNAL_MANAGED", "protocol": "HTTP", "healthChecks": check.id,
		"backends": []any{in{"group": group, "balancingMode": "UTILIZATION", "capacityScaler": 1.0}},
	})
	urls := s.make("compute/regionUrlMap:RegionUrlMap", "regional", in{"region": testRegion, "defaultService": service.id})
	proxy := s.make("compute/regionTargetHttpProxy:RegionTargetHttpProxy", "regional", in{"region": testRegion, "urlMap": urls.id})
	address := s.make("compute/address:Address", "regional", in{"region": testRegion})
	s.make("compute/forwardingRule:ForwardingRule", "regional", in{
		"region": testRegion, "network": network.id, "target": proxy.id, "ipAddress": address.id, "portRange": "80",
		"loadBalancingScheme": "EXTERNAL_MANAGED",
	})
}

// find is the resource of the stack with this type and name.
func (s *stack) find(token, name string) made {
	s.t.Helper()
	i := slices.IndexFunc(s.made, func(m made) bool { return m.urn == urn(token, name) })
	if i < 0 {
		s.t.Fatalf("the stack has no %s %s", token, name)
	}
	return s.made[i]
}

// TestNothingChangesByItself plans every resource of a stack again, as it is
// made and after a refresh, and reads it twice.
func TestNothingChangesByItself(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	for _, m := range s.made {
		s.checkUnchanged(m, s.inputs[m.id])
	}
}

// TestImport reads resources by nothing but their ids.
func TestImport(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	for _, m := range s.made {
		id := m.id
		switch m.urn.Type().Name() {
		case "BucketObject":
			continue // the provider has no import of it
		case "IAMMember", "BucketIAMMember": // their id's parts, with spaces between
			id = strings.Split(id, "/roles/")[0] + " " + m.text("role") + " " + m.text("member")
		}
		imported := s.read(made{urn: m.urn, id: id})
		if imported.id != m.id {
			t.Errorf("%s: imported as %q", m.id, imported.id)
			continue
		}
		for _, property := range []string{"name", "selfLink", "project", "region"} {
			if imported.text(property) != m.text(property) {
				t.Errorf("%s: %s is %q, imported as %q", m.id, property, m.text(property), imported.text(property))
			}
		}
	}
}

// TestDeletion takes a stack down from its end, and before that in the wrong
// order.
func TestDeletion(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	for _, c := range []struct{ token, name, want string }{
		{"compute/network:Network", "Main", "The network resource '%s' is already being used by '"},
		{"compute/subnetwork:Subnetwork", "machines", "The subnetwork resource '%s' is already being used by '"},
		{"compute/regionInstanceGroupManager:RegionInstanceGroupManager", "group", "The instance_group_manager resource '"},
		{"compute/instanceTemplate:InstanceTemplate", "template", "The instance_template resource '%s' is already being used by '"},
		{"compute/healthCheck:HealthCheck", "serving", "The health_check resource '%s' is already being used by '"},
		{"compute/backendService:BackendService", "service", "The backend_service resource '%s' is already being used by '"},
		{"compute/uRLMap:URLMap", "urls", "The url_map resource '%s' is already being used by '"},
		{"compute/regionTargetHttpProxy:RegionTargetHttpProxy", "regional", "The target_http_proxy resource '%s' is already being used by '"},
		{"compute/globalAddress:GlobalAddress", "address", "The address resource '%s' is already being used by '"},
	} {
		m := s.find(c.token, c.name)
		err := s.delete(m)
		pattern := regexp.MustCompile(`googleapi: Error 400: ` + regexp.MustCompile(`%s`).ReplaceAllString(c.want, regexp.QuoteMeta(m.id)) + `[^']*'.*, resourceInUseByAnotherResource`)
		if err == nil || !pattern.MatchString(err.Error()) {
			t.Errorf("delete %s: %v\nwant %s", m.id, err, pattern)
		}
	}
	for _, m := range slices.Backward(s.made) {
		if err := s.delete(m); err != nil {
			t.Errorf("delete %s: %v", m.id, err)
		}
	}
	want := []string{"projects/p/services/certificatemanager.googleapis.com", "projects/p/services/compute.googleapis.com", "projects/p/services/container.googleapis.com", "projects/p/services/secretmanager.googleapis.com"}
	if left := s.ids(); !slices.Equal(left, want) {
		t.Errorf("left in the store: %v", left)
	}
}
