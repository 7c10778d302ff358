package refusals

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"

	compute "google.golang.org/api/compute/v0.beta"

	"ai-serving/sandbox/rules"
)

var (
	managerTemplate = invalid("instance-group-manager/template",
		"A manager makes instances of templates, which are global or of its region.",
		discovery("InstanceGroupManager.instanceTemplate"))
	managerTemplateNeeded = invalid("instance-group-manager/template-needed",
		"A group has a template, its own or that of each version.",
		inferred(provider("compute_region_instance_group_manager, version and its instance_template are required")))
	managerSize = invalid("instance-group-manager/size",
		"A regional group has 0 to 2000 instances.",
		documented("compute/docs/reference/rest/v1/regionInstanceGroupManagers/insert"))
	managerVersions = invalid("instance-group-manager/versions",
		"Exactly one version of a group has no target size.",
		discovery("InstanceGroupManager.versions"))
	managerName = invalid("instance-group-manager/base-name",
		"The base of instance names has up to 58 characters of the form of names.",
		discovery("InstanceGroupManager.baseInstanceName"))
	managerSubnetwork = invalid("instance-group-manager/subnetwork-region",
		"The subnetwork of a group's instances is in the group's region.",
		inferred(documented("compute/docs/instance-groups/distributing-instances-with-regional-instance-groups")))
	regionalFixed = invalid("instance-group-manager/fixed-by-zones",
		"Fixed numbers of the update policy of a regional group are 0 or at least the number of its zones.",
		documented("compute/docs/instance-groups/regional-mig-updates"))
	updateProgress = invalid("instance-group-manager/update-progress",
		"An update may make one instance more or one less at least.",
		discovery("InstanceGroupManagerUpdatePolicy.maxSurge"))
	recreateSurge = invalid("instance-group-manager/recreate-surge",
		"An update that recreates instances under their names has no surge.",
		documented("compute/docs/instance-groups/rolling-out-updates-to-managed-instance-groups"))
	updatePercent = invalid("instance-group-manager/percent",
		"Percentages of the update policy are for regional groups of 10 instances at least.",
		provider("compute_region_instance_group_manager, max_surge_percent"))
	portNames = invalid("instance-group-manager/named-ports",
		"A group's pairs of port name and number differ, and ports are 1 to 65535.",
		discovery("NamedPort.port"))
	managerZones = invalid("instance-group-manager/zones",
		"The zones of a regional group are of its region.",
		discovery("DistributionPolicy.zones"))
	healing = invalid("instance-group-manager/healing",
		"A group has one policy of healing, with an initial delay of 0 to 3600 seconds.",
		discovery("InstanceGroupManagerAutoHealingPolicy.initialDelaySec"))
	autoscaledSize = Rules.Add(rules.Rule{
		Name: "gcp/instance-group-manager/size-of-autoscaled", Status: http.StatusPreconditionFailed, Code: "conditionNotMet",
		Asks:   "The size of a group with an autoscaler is the autoscaler's business.",
		Source: inferred(documented("compute/docs/autoscaler")),
	})
	groupInUse = add("resourceInUseByAnotherResource", "instance-group-manager/group-in-use",
		"A managed group outlives the backend services that it is a backend of.",
		inferred(discovery("Backend.group")))
)

const (
	minPercentGroup = 10
	maxGroupSize    = 2000
	maxDelaySeconds = 3600
)

// baseName is the form of the base of instance names.
var baseName = regexp.MustCompile(`^[a-z](([-a-z0-9]{0,57})|([-a-z0-9]{0,51}-#{1,10}(\[[0-9]{1,10}\])?))$`)

func managerTemplates(r *request, m *compute.InstanceGroupManager) error {
	if m.InstanceTemplate == "" && len(m.Versions) == 0 {
		return wrong(managerTemplateNeeded, "instanceTemplate", "", "An instance template must be specified.")
	}
	sizeless := 0
	templates := []string{m.InstanceTemplate}
	for _, version := range m.Versions {
		templates = append(templates, version.InstanceTemplate)
		size := version.TargetSize // the provider sends an empty one for none
		sizeless += flag(size == nil || size.Fixed == 0 && size.Percent == 0)
	}
	if len(m.Versions) > 0 && sizeless != 1 {
		return wrong(managerVersions, "versions", len(m.Versions), "Exactly one version must leave the targetSize field unset.")
	}
	for _, text := range templates {
		l, ok := r.refer(text)
		if !ok {
			continue
		}
		if l.collection != "instanceTemplates" || !l.global() && l.region() != r.link.region() {
			return wrong(managerTemplate, "instanceTemplate", text, "Must be a global instance template, or one of the region %s.", r.link.region())
		}
		if err := checkPlace(r, l); err != nil {
			return err
		}
	}
	return nil
}

// checkPlace compares the region of the instances' subnetworks with the group's.
func checkPlace(r *request, template link) error {
	t, found := get[compute.InstanceTemplate](r.project, template)
	if !found || t.Properties == nil {
		return nil
	}
	for _, card := range t.Properties.NetworkInterfaces {
		if l, ok := r.refer(card.Subnetwork); ok && l.region() != r.link.region() {
			return wrong(managerSubnetwork, "instanceTemplate", template, "The subnetwork '%s' of the template is not in the region %s.", l, r.link.region())
		}
	}
	return nil
}

func managerUpdates(r *request, m *compute.InstanceGroupManager) error {
	policy := m.UpdatePolicy
	if policy == nil {
		return nil
	}
	zones := 0
	if m.DistributionPolicy != nil && strings.HasPrefix(r.link.scope, "regions/") {
		zones = len(m.DistributionPolicy.Zones)
	}
	limits := map[string]*compute.FixedOrPercent{"maxSurge": policy.MaxSurge, "maxUnavailable": policy.MaxUnavailable}
	for _, name := range []string{"maxSurge", "maxUnavailable"} {
		limit := limits[name]
		if limit == nil {
			continue
		}
		if limit.Fixed < 0 || limit.Fixed != 0 && limit.Fixed < int64(zones) {
			return wrong(regionalFixed, "updatePolicy."+name+".fixed", limit.Fixed, "Fixed updatePolicy.%s for regional managed instance group has to be either 0 or at least equal to the number of zones.", name)
		}
		if limit.Percent != 0 && m.TargetSize > 0 && m.TargetSize < minPercentGroup {
			return wrong(updatePercent, "updatePolicy."+name+".percent", limit.Percent, "Percentages are allowed for groups of at least %d instances.", minPercentGroup)
		}
	}
	none := func(limit *compute.FixedOrPercent) bool {
		return limit != nil && limit.Fixed == 0 && limit.Percent == 0
	}
	if none(policy.MaxSurge) && none(policy.MaxUnavailable) {
		return wrong(updateProgress, "updatePolicy.maxSurge", 0, "At least one of maxSurge and maxUnavailable must be greater than 0.")
	}
	if policy.ReplacementMethod == "RECREATE" && !none(policy.MaxSurge) {
		return wrong(recreateSurge, "updatePolicy.maxSurge", "", "maxSurge must be 0 when the replacement method is RECREATE.")
	}
	return nil
}

func managerSettings(r *request, m *compute.InstanceGroupManager) error {
	if m.TargetSize < 0 || m.TargetSize > maxGroupSize {
		return wrong(managerSize, "targetSize", m.TargetSize, "Must be 0 to %d.", maxGroupSize)
	}
	if m.BaseInstanceName != "" && !baseName.MatchString(m.BaseInstanceName) {
		return wrong(managerName, "baseInstanceName", m.BaseInstanceName, "Must be a match of regex '%s'", baseName)
	}
	seen := map[string]bool{}
	for i, port := range m.NamedPorts {
		pair := fmt.Sprintf("%s:%d", port.Name, port.Port)
		if port.Port < 1 || port.Port > maxPort || seen[pair] {
			return wrong(portNames, fmt.Sprintf("namedPorts[%d]", i), port.Name, "Ports must be 1 to %d, and be named once.", maxPort)
		}
		seen[pair] = true
	}
	if m.DistributionPolicy != nil {
		for i, z := range m.DistributionPolicy.Zones {
			if zoneRegion(last(z.Zone)) != r.link.region() {
				return wrong(managerZones, fmt.Sprintf("distributionPolicy.zones[%d].zone", i), z.Zone, "The zone must be in the region %s.", r.link.region())
			}
		}
	}
	if len(m.AutoHealingPolicies) > 1 {
		return wrong(healing, "autoHealingPolicies", len(m.AutoHealingPolicies), "Only one policy can be specified.")
	}
	for _, policy := range m.AutoHealingPolicies {
		if policy.InitialDelaySec < 0 || policy.InitialDelaySec > maxDelaySeconds {
			return wrong(healing, "autoHealingPolicies[0].initialDelaySec", policy.InitialDelaySec, "Must be 0 to %d.", maxDelaySeconds)
		}
	}
	return checkResize(r, m)
}

// checkResize leaves the size of a group to its autoscaler.
func checkResize(r *request, m *compute.InstanceGroupManager) error {
	if r.creates() {
		return nil
	}
	old, err := decode[compute.InstanceGroupManager](r.before)
	if err != nil {
		return fmt.Errorf("%s before: %w", r.link, err)
	}
	if old.TargetSize == m.TargetSize {
		return nil
	}
	return each(r, "autoscalers", func(l link, a *compute.Autoscaler) error {
		if r.same(a.Target, r.link.String()) && (a.AutoscalingPolicy == nil || a.AutoscalingPolicy.Mode != "OFF") {
			return autoscaledSize.Refuse("The instance group manager '%s' cannot be resized: its size is set by the autoscaler '%s'.", r.link, l)
		}
		return nil
	})
}

// checkGroupUnused keeps the group of a manager while a backend service has it:
// the service's link is the group's.
func checkGroupUnused(r *request) error {
	group := r.link
	group.collection = "instanceGroups"
	return each(r, "backendServices", func(l link, s *compute.BackendService) error {
		for _, backend := range s.Backends {
			if r.same(backend.Group, group.String()) {
				return groupInUse.Refuse("The instance_group_manager resource '%s' is already being used by '%s'", r.link, l)
			}
		}
		return nil
	})
}
