package testkit

import (
	"fmt"
	"hash/fnv"
	"maps"
	"path"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// What the providers would fill in.
const (
	subscription  = "/subscriptions/00000000-0000-0000-0000-000000000000"
	computeAPI    = "https://www.googleapis.com/compute/v1/"
	containerAPI  = "https://container.googleapis.com/v1/"
	providerID    = "11111111-2222-3333-4444-555555555555"
	randomSuffix  = "-0a1b2c3"
	caCertificate = "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg=="
)

// paths are the ids of the clouds' resources, with the inputs in braces that
// they are made of; {project} is the stack's and {group} the path of the
// resource group. A type that is not here is refused, so that no output is
// silently empty.
var paths = map[string]string{
	"azure-native:containerinstance:ContainerGroup":     "{group}/providers/Microsoft.ContainerInstance/containerGroups/{containerGroupName}",
	"azure-native:network:ApplicationGateway":           "{group}/providers/Microsoft.Network/applicationGateways/{applicationGatewayName}",
	"azure-native:network:Endpoint":                     "{group}/providers/Microsoft.Network/trafficManagerProfiles/{profileName}/{endpointType}/{endpointName}",
	"azure-native:network:NatGateway":                   "{group}/providers/Microsoft.Network/natGateways/{natGatewayName}",
	"azure-native:network:NetworkInterface":             "{group}/providers/Microsoft.Network/networkInterfaces/{networkInterfaceName}",
	"azure-native:network:NetworkSecurityGroup":         "{group}/providers/Microsoft.Network/networkSecurityGroups/{networkSecurityGroupName}",
	"azure-native:network:Profile":                      "{group}/providers/Microsoft.Network/trafficManagerProfiles/{profileName}",
	"azure-native:network:PublicIPAddress":              "{group}/providers/Microsoft.Network/publicIPAddresses/{publicIpAddressName}",
	"azure-native:network:Subnet":                       "{group}/providers/Microsoft.Network/virtualNetworks/{virtualNetworkName}/subnets/{subnetName}",
	"azure-native:network:VirtualNetwork":               "{group}/providers/Microsoft.Network/virtualNetworks/{virtualNetworkName}",
	"azure-native:network:WebApplicationFirewallPolicy": "{group}/providers/Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies/{policyName}",
	"azure-native:resources:ResourceGroup":              subscription + "/resourceGroups/{resourceGroupName}",

	"gcp:compute/address:Address":                                       "projects/{project}/regions/{region}/addresses/{name}",
	"gcp:compute/backendBucket:BackendBucket":                           "projects/{project}/global/backendBuckets/{name}",
	"gcp:compute/backendService:BackendService":                         "projects/{project}/global/backendServices/{name}",
	"gcp:compute/firewall:Firewall":                                     "projects/{project}/global/firewalls/{name}",
	"gcp:compute/forwardingRule:ForwardingRule":                         "projects/{project}/regions/{region}/forwardingRules/{name}",
	"gcp:compute/globalAddress:GlobalAddress":                           "projects/{project}/global/addresses/{name}",
	"gcp:compute/globalForwardingRule:GlobalForwardingRule":             "projects/{project}/global/forwardingRules/{name}",
	"gcp:compute/healthCheck:HealthCheck":                               "projects/{project}/global/healthChecks/{name}",
	"gcp:compute/instanceTemplate:InstanceTemplate":                     "projects/{project}/global/instanceTemplates/{name}",
	"gcp:compute/network:Network":                                       "projects/{project}/global/networks/{name}",
	"gcp:compute/regionAutoscaler:RegionAutoscaler":                     "projects/{project}/regions/{region}/autoscalers/{name}",
	"gcp:compute/regionBackendService:RegionBackendService":             "projects/{project}/regions/{region}/backendServices/{name}",
	"gcp:compute/regionHealthCheck:RegionHealthCheck":                   "projects/{project}/regions/{region}/healthChecks/{name}",
	"gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager": "projects/{project}/regions/{region}/instanceGroupManagers/{name}",
	"gcp:compute/regionTargetHttpProxy:RegionTargetHttpProxy":           "projects/{project}/regions/{region}/targetHttpProxies/{name}",
	"gcp:compute/regionUrlMap:RegionUrlMap":                             "projects/{project}/regions/{region}/urlMaps/{name}",
	"gcp:compute/router:Router":                                         "projects/{project}/regions/{region}/routers/{name}",
	"gcp:compute/routerNat:RouterNat":                                   "projects/{project}/regions/{region}/routers/{router}/{name}",
	"gcp:compute/subnetwork:Subnetwork":                                 "projects/{project}/regions/{region}/subnetworks/{name}",
	"gcp:compute/targetHttpProxy:TargetHttpProxy":                       "projects/{project}/global/targetHttpProxies/{name}",
	"gcp:compute/regionSecurityPolicy:RegionSecurityPolicy":             "projects/{project}/regions/{region}/securityPolicies/{name}",
	"gcp:compute/regionSecurityPolicyRule:RegionSecurityPolicyRule":     "projects/{project}/regions/{region}/securityPolicies/{securityPolicy}/priority/{priority}",
	"gcp:compute/regionSslPolicy:RegionSslPolicy":                       "projects/{project}/regions/{region}/sslPolicies/{name}",
	"gcp:compute/regionTargetHttpsProxy:RegionTargetHttpsProxy":         "projects/{project}/regions/{region}/targetHttpsProxies/{name}",
	"gcp:compute/sSLPolicy:SSLPolicy":                                   "projects/{project}/global/sslPolicies/{name}",
	"gcp:compute/securityPolicy:SecurityPolicy":                         "projects/{project}/global/securityPolicies/{name}",
	"gcp:compute/targetHttpsProxy:TargetHttpsProxy":                     "projects/{project}/global/targetHttpsProxies/{name}",
	"gcp:compute/uRLMap:URLMap":                                         "projects/{project}/global/urlMaps/{name}",
	"gcp:container/cluster:Cluster":                                     "projects/{project}/locations/{location}/clusters/{name}",
	"gcp:container/nodePool:NodePool":                                   "projects/{project}/locations/{location}/clusters/{cluster}/nodePools/{name}",
	"gcp:projects/iAMMember:IAMMember":                                  "projects/{project}/{role}/{member}",
	"gcp:projects/service:Service":                                      "projects/{project}/{service}",
	"gcp:secretmanager/secret:Secret":                                   "projects/{project}/secrets/{secretId}",
	"gcp:secretmanager/secretIamMember:SecretIamMember":                 "{secretId}/{role}/{member}",
	"gcp:secretmanager/secretVersion:SecretVersion":                     "{secret}/versions/1",
	"gcp:serviceaccount/account:Account":                                "projects/{project}/serviceAccounts/{accountId}@{project}.iam.gserviceaccount.com",
	"gcp:serviceaccount/iAMMember:IAMMember":                            "{serviceAccountId}/{role}/{member}",
	"gcp:storage/bucket:Bucket":                                         "{name}",
	"gcp:storage/bucketIAMMember:BucketIAMMember":                       "b/{bucket}/{role}/{member}",
	"gcp:storage/bucketObject:BucketObject":                             "{bucket}-{name}",
}

// computed are the outputs of a type beside its inputs and those that all
// types of its cloud have.
var computed = map[string]func(made) properties{
	"azure-native:containerinstance:ContainerGroup": func(m made) properties {
		address := m.object("ipAddress")
		address["ip"] = m.address("10.255.") // there are many groups
		return properties{"ipAddress": address}
	},
	"azure-native:network:NetworkInterface": func(m made) properties {
		return properties{"ipConfigurations": []any{properties{"privateIPAddress": m.address("10.254.0.")}}}
	},
	"azure-native:network:Profile": func(m made) properties {
		dns := m.object("dnsConfig")
		dns["fqdn"] = fmt.Sprintf("%s.trafficmanager.net", dns["relativeName"])
		return properties{"dnsConfig": dns}
	},
	"azure-native:network:PublicIPAddress": func(m made) properties {
		dns := m.object("dnsSettings")
		dns["fqdn"] = fmt.Sprintf("%s.%s.cloudapp.azure.com", dns["domainNameLabel"], m.inputs["location"])
		return properties{"dnsSettings": dns, "ipAddress": m.address("203.0.113.")}
	},
	"gcp:compute/address:Address":             reserved,
	"gcp:compute/globalAddress:GlobalAddress": reserved,
	"gcp:compute/instanceTemplate:InstanceTemplate": func(m made) properties {
		return properties{"selfLinkUnique": computeAPI + m.id + "?uniqueId=1234567890123456789"}
	},
	"gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager": func(m made) properties {
		return properties{"instanceGroup": computeAPI + strings.Replace(m.id, "instanceGroupManagers", "instanceGroups", 1)}
	},
	"gcp:container/cluster:Cluster": func(m made) properties {
		return properties{
			"endpoint":   m.address("192.0.2."),
			"masterAuth": properties{"clusterCaCertificate": caCertificate},
			"selfLink":   containerAPI + m.id,
		}
	},
	"gcp:secretmanager/secret:Secret":               func(m made) properties { return properties{"name": m.id} },
	"gcp:secretmanager/secretVersion:SecretVersion": func(m made) properties { return properties{"name": m.id, "version": m.name} },
	"gcp:serviceaccount/account:Account": func(m made) properties {
		email := path.Base(m.id)
		return properties{"email": email, "member": "serviceAccount:" + email, "name": m.id}
	},
	"gcp:storage/bucket:Bucket": func(m made) properties {
		return properties{"url": "gs://" + m.name, "projectNumber": 123456789012}
	},
}

// reserved is what an address of Google's gets.
func reserved(m made) properties { return properties{"address": m.address("198.51.100.")} }

// properties are plain values by name.
type properties = map[string]any

// made is a resource that a provider has just made.
type made struct {
	Resource
	// id is the provider's; name is its last part.
	id, name string
	inputs   properties
}

// object is an input that is an object, empty where none was given.
func (m made) object(input string) properties {
	if object, ok := m.inputs[input].(properties); ok {
		return object
	}
	return properties{}
}

// address is in the network whose first bytes are given. It depends only on what the
// resource is called, because resources are made in no fixed order.
func (m made) address(network string) string {
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(m.URN))
	sum := hash.Sum32()
	for ; strings.Count(network, ".") < 3; sum /= 256 {
		network += fmt.Sprint(sum%256, ".")
	}
	return fmt.Sprint(network, 1+sum%254)
}

// provide answers a registration as the provider of its type would: with the
// id, and with the inputs and what is computed from them. A preview knows no
// more than the inputs and the names that Pulumi itself makes.
func provide(program Program, registered Resource) (string, resource.PropertyMap, error) {
	state := registered.Inputs.Copy()
	template, ok := pathOf(registered)
	if !ok {
		return "", nil, fmt.Errorf("%s %q: no outputs are known for this type", registered.Type, registered.Name)
	}
	if strings.HasSuffix(template, "{name}") && !state.HasValue("name") {
		state["name"] = resource.NewProperty(registered.Name + randomSuffix)
	}
	if program.DryRun {
		return "", state, nil
	}
	inputs := state.MapRepl(nil, nil)
	id, err := identify(program, registered, template, inputs)
	if err != nil {
		return "", nil, err
	}
	for output, value := range outputs(made{registered, id, path.Base(id), inputs}) {
		state[resource.PropertyKey(output)] = resource.NewPropertyValue(value)
	}
	return id, state, nil
}

func pathOf(registered Resource) (template string, ok bool) {
	switch registered.Package() {
	case "pulumi": // an explicit provider
		return providerID, true
	case "kubernetes":
		return "{metadata}", true
	}
	template, ok = paths[registered.Type]
	return template, ok
}

var placeholder = regexp.MustCompile(`{(\w+)}`)

// identify fills in an id's template.
func identify(program Program, registered Resource, template string, inputs properties) (string, error) {
	var missing error
	return placeholder.ReplaceAllStringFunc(template, func(match string) string {
		input := strings.Trim(match, "{}")
		switch value := inputs[input].(type) {
		case string:
			return value
		case float64:
			return fmt.Sprint(int(value))
		case properties: // the metadata of a Kubernetes object
			return strings.TrimPrefix(fmt.Sprintf("%v/%v", value["namespace"], value["name"]), "<nil>/")
		}
		switch {
		case input == "project":
			return program.Config["gcp:project"]
		case input == "group":
			return fmt.Sprintf("%s/resourceGroups/%v", subscription, inputs["resourceGroupName"])
		case strings.HasSuffix(input, "Name"):
			return registered.Name + randomSuffix
		}
		missing = fmt.Errorf("%s %q: no input %q", registered.Type, registered.Name, input)
		return ""
	}), missing
}

// outputs are what the provider adds to the inputs.
func outputs(m made) properties {
	result := properties{}
	switch m.Package() {
	case "azure-native":
		result["name"] = m.name
	case "gcp":
		if strings.HasPrefix(m.Type, "gcp:compute/") {
			result["selfLink"] = computeAPI + m.id
		}
	}
	if compute, ok := computed[m.Type]; ok {
		maps.Copy(result, compute(m))
	}
	return result
}
