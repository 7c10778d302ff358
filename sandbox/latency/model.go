// Package latency makes the sandbox's clouds take their time, scaled by a
// factor, and finds the chain of resources that a deployment cannot be faster
// than.
package latency

import (
	"strings"
	"time"
)

// Times are how long the operations on a resource take in its cloud.
type Times struct{ Create, Update, Delete time.Duration }

const (
	second = time.Second
	minute = time.Minute
)

// model is by type. The times are medians of what the acceptance tests and the
// issues of the clouds' Terraform providers tell; those that end in "inferred"
// are set to the times of a resource that the cloud makes in the same way.
var model = map[string]Times{
	"azure-native:containerinstance:ContainerGroup":                     {120 * second, 120 * second, 5 * second}, // 30 to 90 s, and 60 s in a network
	"azure-native:network:ApplicationGateway":                           {450 * second, 150 * second, 4 * minute}, // 6 to 9 min, 1 to 4 min
	"azure-native:network:Endpoint":                                     {5 * second, 5 * second, 5 * second},
	"azure-native:network:NatGateway":                                   {11 * second, 11 * second, 11 * second}, // inferred
	"azure-native:network:NetworkInterface":                             {5 * second, 5 * second, 11 * second},   // inferred
	"azure-native:network:NetworkSecurityGroup":                         {5 * second, 5 * second, 11 * second},   // inferred
	"azure-native:network:Profile":                                      {5 * second, 5 * second, 5 * second},
	"azure-native:network:PublicIPAddress":                              {3 * second, 3 * second, 10 * second},
	"azure-native:network:Subnet":                                       {12 * second, 12 * second, 12 * second},
	"azure-native:network:WebApplicationFirewallPolicy":                 {5 * second, 5 * second, 5 * second}, // inferred
	"azure-native:network:VirtualNetwork":                               {5 * second, 5 * second, 11 * second},
	"azure-native:resources:ResourceGroup":                              {2 * second, 2 * second, 15 * second}, // inferred
	"gcp:compute/address:Address":                                       {11 * second, 11 * second, 11 * second},
	"gcp:compute/backendBucket:BackendBucket":                           {11 * second, 11 * second, 11 * second}, // inferred
	"gcp:compute/backendService:BackendService":                         {15 * second, 15 * second, 15 * second},
	"gcp:compute/firewall:Firewall":                                     {11 * second, 11 * second, 11 * second}, // inferred
	"gcp:compute/forwardingRule:ForwardingRule":                         {18 * second, 18 * second, 18 * second},
	"gcp:compute/globalAddress:GlobalAddress":                           {11 * second, 11 * second, 11 * second},
	"gcp:compute/globalForwardingRule:GlobalForwardingRule":             {18 * second, 18 * second, 18 * second},
	"gcp:compute/healthCheck:HealthCheck":                               {11 * second, 11 * second, 11 * second},
	"gcp:compute/instanceTemplate:InstanceTemplate":                     {11 * second, 0, 11 * second},
	"gcp:compute/network:Network":                                       {22 * second, 22 * second, 25 * second},
	"gcp:compute/regionAutoscaler:RegionAutoscaler":                     {11 * second, 11 * second, 11 * second}, // inferred
	"gcp:compute/regionBackendService:RegionBackendService":             {15 * second, 15 * second, 15 * second},
	"gcp:compute/regionHealthCheck:RegionHealthCheck":                   {11 * second, 11 * second, 11 * second},
	"gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager": {90 * second, 75 * second, 75 * second},
	"gcp:compute/regionSecurityPolicy:RegionSecurityPolicy":             {11 * second, 11 * second, 11 * second}, // inferred
	"gcp:compute/regionSecurityPolicyRule:RegionSecurityPolicyRule":     {11 * second, 11 * second, 11 * second}, // inferred
	"gcp:compute/regionSslPolicy:RegionSslPolicy":                       {11 * second, 11 * second, 11 * second}, // inferred
	"gcp:compute/regionTargetHttpsProxy:RegionTargetHttpsProxy":         {15 * second, 15 * second, 15 * second}, // inferred
	"gcp:compute/regionTargetHttpProxy:RegionTargetHttpProxy":           {15 * second, 15 * second, 15 * second},
	"gcp:compute/regionUrlMap:RegionUrlMap":                             {15 * second, 15 * second, 15 * second},
	"gcp:compute/router:Router":                                         {11 * second, 11 * second, 11 * second}, // inferred
	"gcp:compute/routerNat:RouterNat":                                   {11 * second, 11 * second, 11 * second}, // inferred
	"gcp:compute/sSLPolicy:SSLPolicy":                                   {11 * second, 11 * second, 11 * second}, // inferred
	"gcp:compute/securityPolicy:SecurityPolicy":                         {11 * second, 11 * second, 11 * second}, // inferred
	"gcp:compute/subnetwork:Subnetwork":                                 {20 * second, 20 * second, 20 * second},
	"gcp:compute/targetHttpProxy:TargetHttpProxy":                       {15 * second, 15 * second, 15 * second},
	"gcp:compute/targetHttpsProxy:TargetHttpsProxy":                     {15 * second, 15 * second, 15 * second}, // inferred
	"gcp:compute/uRLMap:URLMap":                                         {15 * second, 15 * second, 15 * second},
	"gcp:container/cluster:Cluster":                                     {390 * second, 330 * second, 4 * minute}, // 4 to 9 min, 1 to 10 min, 3 to 5 min
	"gcp:container/nodePool:NodePool":                                   {2 * minute, 4 * minute, 3 * minute},     // an update replaces the nodes
	"gcp:projects/iAMMember:IAMMember":                                  {8 * second, 8 * second, 8 * second},     // inferred
	"gcp:projects/service:Service":                                      {10 * second, 10 * second, 10 * second},  // inferred
	"gcp:secretmanager/secret:Secret":                                   {2 * second, 2 * second, 2 * second},     // inferred
	"gcp:secretmanager/secretIamMember:SecretIamMember":                 {8 * second, 8 * second, 8 * second},     // inferred
	"gcp:secretmanager/secretVersion:SecretVersion":                     {2 * second, 2 * second, 2 * second},     // inferred
	"gcp:serviceaccount/account:Account":                                {5 * second, 5 * second, 2 * second},     // inferred
	"gcp:storage/bucket:Bucket":                                         {2 * second, 2 * second, 2 * second},     // inferred
	"gcp:storage/bucketIAMMember:BucketIAMMember":                       {5 * second, 5 * second, 5 * second},     // inferred
	"kubernetes:apps/v1:Deployment":                                     {60 * second, 60 * second, 30 * second},  // inferred: pull, start, endpoint groups, first probe
	"kubernetes:core/v1:Namespace":                                      {second, second, 10 * second},            // inferred
	"kubernetes:core/v1:Service":                                        {2 * second, second, 10 * second},        // inferred: until GKE has seen it
}

// others are the times of types that the model does not have: the shortest that
// their cloud usually takes. Inferred.
var others = map[string]Times{
	"azure-native": {5 * second, 5 * second, 5 * second},
	"gcp":          {11 * second, 11 * second, 11 * second},
	"kubernetes":   {second, second, second},
}

// Of gives the times of a type, such as gcp:compute/network:Network; none for
// what is not in a cloud, such as a component.
func Of(token string) Times {
	if times, found := model[token]; found {
		return times
	}
	name, _, _ := strings.Cut(token, ":")
	return others[name]
}
