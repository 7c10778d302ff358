package gateway

import (
	"github.com/pulumi/pulumi-azure-native-sdk/network/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// The names of the gateway's parts that stand for no tenant or workload. Neither
// of those has an underscore in its name, so that none can be called the same.
const (
	subnetName   = "gateway_subnet"
	frontendName = "public_ip"
	portName     = "http_port"
	healthName   = "health_probes"
	// nothingName is the pool without members that unknown paths lead to.
	nothingName = "no_backend"
)

// The segments of the ids of a gateway's parts.
const (
	frontendSegment = "frontendIPConfigurations"
	portSegment     = "frontendPorts"
	listenerSegment = "httpListeners"
	pathMapSegment  = "urlPathMaps"
	rewriteSegment  = "rewriteRuleSets"
	poolSegment     = "backendAddressPools"
	settingsSegment = "backendHttpSettingsCollection"
	probeSegment    = "probes"
)

// self refers to another part of the gateway. The provider puts the gateway's id
// in the place of "$self", which the program cannot know before there is one.
// Source: the documentation of [network.SubResourceArgs]; pulumi-azure-native#2478.
func self(segment, name string) *network.SubResourceArgs {
	return &network.SubResourceArgs{Id: pulumi.String("$self/" + segment + "/" + name)}
}

// healthPriority is the priority of the rule for health probes, before those of
// tenants.
const healthPriority = 100
