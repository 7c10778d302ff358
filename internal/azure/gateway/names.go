package gateway

import (
	"github.com/pulumi/pulumi-azure-native-sdk/network/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// The names of the gateway's parts that stand for no tenant or workload. Neither
// of those has an underscore in its name, so that none can be called the same.
const (
	subnetName = "gateway_subnet"
	httpPort   = "http_port"
	httpsPort  = "https_port"

	// healthName is of what answers the probes of Traffic Manager.
	healthName = "health_probes"
	// unknownHosts and plainHTTP are of the listeners that answer what no other
	// does: the first refuses it, the second redirects it to TLS.
	unknownHosts = "unknown_hosts"
	plainHTTP    = "plain_http"
	// unknownPaths is the path rule that refuses what no other matches.
	unknownPaths = "unknown_paths"
	// nothingName is the pool without members that unknown paths route to.
	nothingName = "no_backend"
)

// The segments of the ids of a gateway's parts.
const (
	frontendSegment    = "frontendIPConfigurations"
	portSegment        = "frontendPorts"
	certificateSegment = "sslCertificates"
	listenerSegment    = "httpListeners"
	redirectSegment    = "redirectConfigurations"
	pathMapSegment     = "urlPathMaps"
	rewriteSegment     = "rewriteRuleSets"
	poolSegment        = "backendAddressPools"
	settingsSegment    = "backendHttpSettingsCollection"
	probeSegment       = "probes"
)

// self refers to another part of the gateway. The provider puts the gateway's id
// in the place of "$self", which the program cannot know before there is one.
// Source: the documentation of [network.SubResourceArgs]; pulumi-azure-native#2478.
func self(segment, name string) *network.SubResourceArgs {
	return &network.SubResourceArgs{Id: pulumi.String("$self/" + segment + "/" + name)}
}

// The priorities of the rules that are for no tenant: that of the probes goes
// before the tenants', the others after all of them.
const (
	healthPriority   = 100
	redirectPriority = 19990
	refusalPriority  = 20000
)
