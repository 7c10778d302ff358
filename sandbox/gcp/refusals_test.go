package gcp

import (
	"strings"
	"testing"
)

// TestRefusals are what a program gets for what it may not ask.
func TestRefusals(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	network := s.find("compute/network:Network", "Main")
	manager := s.find("compute/regionInstanceGroupManager:RegionInstanceGroupManager", "group")
	check := s.find("compute/healthCheck:HealthCheck", "serving")
	regionalCheck := s.find("compute/regionHealthCheck:RegionHealthCheck", "regional")
	machines := s.find("compute/subnetwork:Subnetwork", "machines")
	proxies := s.find("compute/subnetwork:Subnetwork", "proxies")
	template := s.find("compute/instanceTemplate:InstanceTemplate", "template")
	address := s.find("compute/globalAddress:GlobalAddress", "address")
	globalProxy := s.find("compute/targetHttpProxy:TargetHttpProxy", "proxy")
	farCheck := s.create("compute/regionHealthCheck:RegionHealthCheck", "far", in{"region": "us-east1", "tcpHealthCheck": in{"port": 80}})
	farService := s.create("compute/regionBackendService:RegionBackendService", "far", in{
		"region": "us-east1", "loadBalancingScheme": "EXTERNAL_MANAGED", "protocol": "HTTP", "healthChecks": farCheck.id,
	})
	farMap := s.create("compute/regionUrlMap:RegionUrlMap", "far", in{"region": "us-east1", "defaultService": farService.id})
	far := s.create("compute/regionTargetHttpProxy:RegionTargetHttpProxy", "far", in{"region": "us-east1", "urlMap": farMap.id})
	for _, c := range []struct {
		name, token string
		inputs      in
		want        string
	}{
		{"a type that is not served", "compute/disk:Disk", in{}, "unrecognized resource type (Check): gcp:compute/disk:Disk"},
		{
			"an unknown property", "compute/network:Network",
			in{"autoCreateSubnetwork": true},
			"Invalid or unknown key. Examine values at 'bad.autoCreateSubnetwork'.",
		},
		{
			"an unknown property in a block", "compute/firewall:Firewall",
			in{"network": network.id, "allows": []any{in{"protocol": "tcp", "port": "80"}}},
			"Invalid or unknown key. Examine values at 'bad.allows'.",
		},
		{
			"a property that only the SDK knows", "compute/healthCheck:HealthCheck",
			in{"httpHealthCheck": in{"port": 80}, "sourceRegions": []any{"us-east1"}},
			"Invalid or unknown key. Examine values at 'bad.sourceRegions'.",
		},
		{
			"a wrong type", "compute/healthCheck:HealthCheck",
			in{"httpHealthCheck": in{"port": 80}, "timeoutSec": "soon"},
			`timeout_sec: strconv.ParseInt: parsing "soon": invalid syntax`,
		},
		{
			"a missing property", "compute/subnetwork:Subnetwork",
			in{"region": testRegion, "ipCidrRange": "10.1.0.0/16"},
			`Missing required argument. The argument "network" is required, but no definition was found.. Examine values at 'bad.network'.`,
		},
		{
			"the provider's validation", "compute/firewall:Firewall",
			in{"name": "No_Name", "network": network.id, "allows": []any{in{"protocol": "tcp"}}},
			`"name" ("No_Name") doesn't match regexp "^(?:[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?)$". Examine values at 'bad.name'.`,
		},
		{
			"the provider's CustomizeDiff", "compute/regionBackendService:RegionBackendService",
			in{
				"region": testRegion, "loadBalancingScheme": "EXTERNAL_MANAGED", "healthChecks": regionalCheck.id,
				"backends": []any{in{"group": manager.text("instanceGroup"), "balancingMode": "UTILIZATION", "capacityScaler": 0}},
			},
			"diffing urn:pulumi:test::sandbox::gcp:compute/regionBackendService:RegionBackendService::bad: 1 error occurred:\nmanaged backend service must have at least one non-zero capacity_scaler for backends",
		},
		{
			"a network that is not there", "compute/firewall:Firewall",
			in{"network": "nowhere", "allows": []any{in{"protocol": "tcp"}}, "sourceRanges": []any{"0.0.0.0/0"}},
			"googleapi: Error 404: The resource 'projects/p/global/networks/nowhere' was not found, notFound",
		},
		{
			"a reference of the wrong collection", "compute/backendService:BackendService",
			in{
				"loadBalancingScheme": "EXTERNAL_MANAGED", "healthChecks": check.id,
				"backends": []any{in{"group": manager.text("selfLink"), "balancingMode": "UTILIZATION"}},
			},
			"googleapi: Error 400: Invalid value for field 'resource.backends[0].group': 'https://www.googleapis.com/compute/beta/" + manager.id + "'. Unexpected resource collection 'instanceGroupManagers'., invalid",
		},
		{
			"a regional check of a global service", "compute/backendService:BackendService",
			in{"healthChecks": regionalCheck.id},
			"googleapi: Error 400: Invalid value for field 'resource.healthChecks[0]': 'https://www.googleapis.com/compute/beta/" + regionalCheck.id + "'. The health check must be in the scope of the backend service, global., invalid",
		},
		{
			"a name that is taken", "compute/network:Network",
			in{"name": network.text("name")},
			"googleapi: Error 409: The resource '" + network.id + "' already exists, alreadyExists",
		},
		{
			"a bucket name that is taken", "storage/bucket:Bucket",
			in{"name": s.find("storage/bucket:Bucket", "static").id, "location": "EU"},
			"googleapi: Error 409: The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again., conflict",
		},
		{
			"a region that does not exist", "compute/address:Address",
			in{"region": "europe-west99"},
			"googleapi: Error 400: Invalid value for field 'region': 'europe-west99'. Unknown region., invalid",
		},
		{
			"a range that overlaps", "compute/subnetwork:Subnetwork",
			in{"network": network.id, "region": "us-east1", "ipCidrRange": "10.5.0.0/16"},
			"googleapi: Error 400: Invalid value for field 'resource.ipCidrRange': '10.5.0.0/16'. Invalid IPCidrRange: 10.5.0.0/16 conflicts with existing subnetwork '" + machines.text("name") + "' in region 'europe-west4'., invalid",
		},
		{
			"a second subnetwork for proxies", "compute/subnetwork:Subnetwork",
			in{
				"network": network.id, "region": testRegion, "ipCidrRange": "10.1.0.0/23", "purpose": "REGIONAL_MANAGED_PROXY", "role": "ACTIVE",
			},
			"googleapi: Error 400: Invalid value for field 'resource.role': 'ACTIVE'. The subnetwork '" + proxies.id + "' is already the active proxy-only subnetwork of the network and region., invalid",
		},
		{
			"a regional rule without proxies", "compute/forwardingRule:ForwardingRule",
			in{
				"region": "us-east1", "network": network.id, "target": far.id,
				"portRange": "80", "loadBalancingScheme": "EXTERNAL_MANAGED",
			},
			"googleapi: Error 400: Invalid value for field 'resource.target': 'https://www.googleapis.com/compute/beta/" + far.id + "'. An active proxy-only subnetwork is required in the same region and VPC as the forwarding rule., invalid",
		},
		{
			"an address that is taken", "compute/address:Address",
			in{"region": testRegion, "address": "198.51.100.1"},
			"googleapi: Error 400: Invalid value for field 'resource.address': '198.51.100.1'. Specified IP address is already reserved., invalid",
		},
		{
			"an address that is not reserved", "compute/globalForwardingRule:GlobalForwardingRule",
			in{"target": globalProxy.id, "ipAddress": "198.51.100.77", "portRange": "80", "loadBalancingScheme": "EXTERNAL_MANAGED"},
			"googleapi: Error 400: Invalid value for field 'resource.IPAddress': '198.51.100.77'. The specified external IP address is not reserved in the project., invalid",
		},
		{
			"a port that is taken", "compute/globalForwardingRule:GlobalForwardingRule",
			in{"target": globalProxy.id, "ipAddress": address.id, "portRange": "80", "loadBalancingScheme": "EXTERNAL_MANAGED"},
			"googleapi: Error 400: Invalid value for field 'resource.IPAddress': 'https://www.googleapis.com/compute/beta/" + address.id + "'. Specified IP address is in-use and would result in a conflict with '" +
				s.find("compute/globalForwardingRule:GlobalForwardingRule", "rule").id + "'., invalid",
		},
		{
			"a rollout that leaves zones out", "compute/regionInstanceGroupManager:RegionInstanceGroupManager",
			in{
				"region": testRegion, "baseInstanceName": "vm", "distributionPolicyZones": []any{"europe-west4-a", "europe-west4-b"},
				"versions":     []any{in{"instanceTemplate": template.text("selfLinkUnique")}},
				"updatePolicy": in{"type": "PROACTIVE", "minimalAction": "REPLACE", "maxSurgeFixed": 1, "maxUnavailableFixed": 0},
			},
			"googleapi: Error 400: Invalid value for field 'resource.updatePolicy.maxSurge.fixed': '1'. Fixed updatePolicy.maxSurge for regional managed instance group has to be either 0 or at least equal to the number of zones., invalid",
		},
		{
			"a machine type that does not exist", "compute/instanceTemplate:InstanceTemplate",
			in{
				"machineType": "e2-standard-3", "disks": []any{in{"sourceImage": "debian-cloud/debian-12"}}, "networkInterfaces": []any{in{"network": network.id}},
			},
			"googleapi: Error 400: Invalid value for field 'resource.properties.machineType': 'e2-standard-3'. There is no such machine type., invalid",
		},
		{
			"an image that is gone", "compute/instanceTemplate:InstanceTemplate",
			in{
				"machineType": "e2-medium", "disks": []any{in{"sourceImage": "debian-cloud/debian-10"}}, "networkInterfaces": []any{in{"network": network.id}},
			},
			"Error resolving image name 'debian-cloud/debian-10': Could not find image or family debian-cloud/debian-10",
		},
		{
			"a bucket that is not there", "compute/backendBucket:BackendBucket",
			in{"bucketName": "nowhere"},
			"googleapi: Error 400: Invalid value for field 'resource.bucketName': 'nowhere'. The bucket does not exist., invalid",
		},
		{"an account that is not there", "projects/iAMMember:IAMMember", in{
			"project": "p", "role": "roles/viewer", "member": "serviceAccount:nobody@p.iam.gserviceaccount.com",
		}, "googleapi: Error 400: Service account nobody@p.iam.gserviceaccount.com does not exist., badRequest"},
		{
			"Autopilot", "container/cluster:Cluster",
			in{
				"name": "bad", "location": testRegion, "network": network.id, "enableAutopilot": true, "deletionProtection": false,
			},
			"googleapi: Error 501: cluster projects/p/locations/europe-west4/clusters/bad: the sandbox has no Autopilot: nodes come from node pools, notImplemented",
		},
		{
			"a location that does not exist", "container/cluster:Cluster",
			in{"location": "europe-west99", "network": network.id, "initialNodeCount": 1},
			"googleapi: Error 403: Permission denied on 'locations/europe-west99' (or it may not exist)., forbidden",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := s.tryCreate(c.token, "bad", c.inputs)
			if err == nil {
				t.Fatal("not refused")
			}
			if got := message(err); got != c.want {
				t.Errorf("refused with\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// message is an error without the frame that gRPC, the bridge and the provider
// put around it.
func message(err error) string {
	_, text, found := strings.Cut(err.Error(), "desc = ")
	if !found {
		text = err.Error()
	}
	text = strings.TrimSpace(strings.TrimPrefix(strings.ReplaceAll(text, "\t* ", ""), "1 error occurred:"))
	if at := strings.Index(text, "googleapi: "); at > 0 {
		text = text[at:] // the provider says before it what it was doing
	}
	return text
}

func TestProjectAndServices(t *testing.T) {
	t.Parallel()
	s := newBareSandbox(t, in{})
	_, err := s.tryCreate("compute/network:Network", "main", in{})
	if want := "project: required field is not set"; err == nil || !strings.HasSuffix(strings.TrimSpace(err.Error()), want) {
		t.Errorf("without a project: %v, want %s", err, want)
	}
	s = newBareSandbox(t, in{"project": "p"})
	_, err = s.tryCreate("compute/network:Network", "main", in{})
	if want := "googleapi: Error 403: compute.googleapis.com has not been used in project p before or it is disabled. Enable it (gcp.projects.Service) and let what needs it depend on that., accessNotConfigured"; err == nil || message(err) != want {
		t.Errorf("without the service: %v, want %s", err, want)
	}
}

func TestNoSandbox(t *testing.T) {
	t.Parallel()
	s := sandbox{t: t, provider: newProvider(t, "")}
	if err := s.configure(in{"project": "p"}); err == nil || !strings.Contains(err.Error(), errNoSandbox.Error()) {
		t.Errorf("Configure = %v, want %v", err, errNoSandbox)
	}
}

// TestWhatIsShared may be made by two stacks of the same project.
func TestWhatIsShared(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	for range 2 {
		s.create("projects/service:Service", "compute", in{"service": "compute.googleapis.com"})
		s.create("projects/iAMMember:IAMMember", "viewer", in{"project": "p", "role": "roles/viewer", "member": "group:team@example.com"})
	}
}
