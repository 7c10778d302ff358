package recovery

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"ai-serving/sandbox/azure"
)

// idOf is the id that a resource gets in its cloud. It is the one that is
// given, or else follows from the type and the inputs.
func (p *present) idOf(resource object, given map[string]string) (string, error) {
	urn, token := text(resource, "urn"), text(resource, "type")
	if id, isGiven := given[urn]; isGiven {
		return id, nil
	}
	inputs, _ := resource["inputs"].(object)
	if packageOf(token) == "kubernetes" {
		return kubernetesID(urn, inputs)
	}
	template, known := templates()[token]
	if !known {
		return "", fmt.Errorf("%s: its id does not follow from its inputs: look it up in the cloud and give it with --id %s=ID", urn, urn)
	}
	return p.fill(urn, template, inputs)
}

// kubernetesID is namespace/name, or the name of what has no namespace.
func kubernetesID(urn string, inputs object) (string, error) {
	metadata, _ := inputs["metadata"].(object)
	name := text(metadata, "name")
	if name == "" {
		return "", fmt.Errorf("%s: its inputs have no metadata.name", urn)
	}
	if namespace := text(metadata, "namespace"); namespace != "" {
		return namespace + "/" + name, nil
	}
	return name, nil
}

var parameter = regexp.MustCompile(`\{\w+\}`)

// fill puts the inputs into a template.
func (p *present) fill(urn, template string, inputs object) (id string, err error) {
	id = parameter.ReplaceAllStringFunc(template, func(name string) string {
		name = strings.Trim(name, "{}")
		value := text(inputs, name)
		if name == "subscriptionId" {
			value = p.subscription
			name += " (nor has the environment an ARM_SUBSCRIPTION_ID)"
		}
		if value == "" {
			err = fmt.Errorf("%s: its inputs have no %s for the id %s: give the id with --id %s=ID", urn, name, template, urn)
		}
		return value
	})
	return id, err
}

// templates are of the ids, by type. Those of Azure are what the sandbox makes
// ids of too.
func templates() map[string]string {
	all := map[string]string{}
	for _, served := range azure.Served() {
		all[string(served.Token)] = served.Path
	}
	for token, template := range google {
		all["gcp:"+token] = template
	}
	return all
}

func packageOf(token string) string { return string(tokens.Type(token).Package()) }

const (
	global   = "projects/{project}/global/"
	regional = "projects/{project}/regions/{region}/"
	located  = "projects/{project}/locations/{location}/"
)

// google are the templates of Google Cloud, as its Terraform provider has them
// in the documentation of each resource under "Import" and "Attributes
// Reference".
var google = map[string]string{
	"certificatemanager/certificate:Certificate":                    located + "certificates/{name}",
	"compute/address:Address":                                       regional + "addresses/{name}",
	"compute/backendBucket:BackendBucket":                           global + "backendBuckets/{name}",
	"compute/backendService:BackendService":                         global + "backendServices/{name}",
	"compute/firewall:Firewall":                                     global + "firewalls/{name}",
	"compute/forwardingRule:ForwardingRule":                         regional + "forwardingRules/{name}",
	"compute/globalAddress:GlobalAddress":                           global + "addresses/{name}",
	"compute/globalForwardingRule:GlobalForwardingRule":             global + "forwardingRules/{name}",
	"compute/healthCheck:HealthCheck":                               global + "healthChecks/{name}",
	"compute/instanceTemplate:InstanceTemplate":                     global + "instanceTemplates/{name}",
	"compute/network:Network":                                       global + "networks/{name}",
	"compute/regionAutoscaler:RegionAutoscaler":                     regional + "autoscalers/{name}",
	"compute/regionBackendService:RegionBackendService":             regional + "backendServices/{name}",
	"compute/regionHealthCheck:RegionHealthCheck":                   regional + "healthChecks/{name}",
	"compute/regionInstanceGroupManager:RegionInstanceGroupManager": regional + "instanceGroupManagers/{name}",
	"compute/regionSecurityPolicy:RegionSecurityPolicy":             regional + "securityPolicies/{name}",
	"compute/regionSecurityPolicyRule:RegionSecurityPolicyRule":     regional + "securityPolicies/{securityPolicy}/priority/{priority}",
	"compute/regionSslPolicy:RegionSslPolicy":                       regional + "sslPolicies/{name}",
	"compute/regionTargetHttpProxy:RegionTargetHttpProxy":           regional + "targetHttpProxies/{name}",
	"compute/regionTargetHttpsProxy:RegionTargetHttpsProxy":         regional + "targetHttpsProxies/{name}",
	"compute/regionUrlMap:RegionUrlMap":                             regional + "urlMaps/{name}",
	"compute/router:Router":                                         regional + "routers/{name}",
	"compute/routerNat:RouterNat":                                   "{project}/{region}/{router}/{name}",
	"compute/sSLPolicy:SSLPolicy":                                   global + "sslPolicies/{name}",
	"compute/securityPolicy:SecurityPolicy":                         global + "securityPolicies/{name}",
	"compute/subnetwork:Subnetwork":                                 regional + "subnetworks/{name}",
	"compute/targetHttpProxy:TargetHttpProxy":                       global + "targetHttpProxies/{name}",
	"compute/targetHttpsProxy:TargetHttpsProxy":                     global + "targetHttpsProxies/{name}",
	"compute/uRLMap:URLMap":                                         global + "urlMaps/{name}",
	"container/cluster:Cluster":                                     located + "clusters/{name}",
	"container/nodePool:NodePool":                                   located + "clusters/{cluster}/nodePools/{name}",
	"projects/iAMMember:IAMMember":                                  "{project}/{role}/{member}",
	"projects/service:Service":                                      "{project}/{service}",
	"secretmanager/secret:Secret":                                   "projects/{project}/secrets/{secretId}",
	"secretmanager/secretIamMember:SecretIamMember":                 "projects/{project}/secrets/{secretId}/{role}/{member}",
	"serviceaccount/account:Account":                                "projects/{project}/serviceAccounts/{accountId}@{project}.iam.gserviceaccount.com",
	"serviceaccount/iAMMember:IAMMember":                            "{serviceAccountId}/{role}/{member}",
	"storage/bucket:Bucket":                                         "{name}",
	"storage/bucketIAMMember:BucketIAMMember":                       "b/{bucket}/{role}/{member}",
}
