package mutants

import "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

// bounded are numbers that another one bounds, and whose types do not say so: the
// type, where in it, the number, and its bound.
var bounded = []struct {
	token, path, name, bound string
}{
	{"azure-native:network:ApplicationGateway", "probes[]", "timeout", "interval"},
	{"azure-native:network:ApplicationGateway", "autoscaleConfiguration", "minCapacity", "maxCapacity"},
	{"azure-native:network:Profile", "monitorConfig", "timeoutInSeconds", "intervalInSeconds"},
	{"gcp:compute/healthCheck:HealthCheck", "", "timeoutSec", "checkIntervalSec"},
	{"gcp:compute/regionHealthCheck:RegionHealthCheck", "", "timeoutSec", "checkIntervalSec"},
	{"gcp:compute/regionAutoscaler:RegionAutoscaler", "autoscalingPolicy", "minReplicas", "maxReplicas"},
	{"gcp:container/nodePool:NodePool", "autoscaling", "totalMinNodeCount", "totalMaxNodeCount"},
	{"kubernetes:autoscaling/v2:HorizontalPodAutoscaler", "spec", "minReplicas", "maxReplicas"},
}

// exceed makes a number of an object more than the one that bounds it.
func exceed(s site) []change {
	if !s.value.IsObject() {
		return nil
	}
	var changes []change
	for _, pair := range bounded {
		if pair.token != s.made.token() || pair.path != s.path {
			continue
		}
		given := s.value.ObjectValue()
		bound := given[resource.PropertyKey(pair.bound)]
		if given[resource.PropertyKey(pair.name)].IsNumber() && bound.IsNumber() {
			changes = append(changes, s.child(pair.name).to(bound.NumberValue()+1)...)
		}
	}
	return changes
}
