package refusals

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"strings"

	compute "google.golang.org/api/compute/v0.beta"

	"ai-serving/sandbox/rules"
)

var (
	templateChanged = invalid("instance-template/immutable",
		"An instance template does not change.",
		documented("compute/docs/instance-templates"))
	machineName = invalid("instance-template/machine-type",
		"An instance template names a machine type, and not its URL.",
		discovery("InstanceProperties.machineType"))
	bootDisk = invalid("instance-template/boot-disk",
		"An instance template has one boot disk, the first one.",
		inferred(discovery("AttachedDisk.boot")))
	diskSource = invalid("instance-template/disk-source",
		"A disk is made by initializeParams or is an existing source, not both.",
		discovery("AttachedDisk.initializeParams"))
	diskSize = invalid("instance-template/disk-size",
		"A disk that is made has 10 GB at least.",
		discovery("AttachedDiskInitializeParams.diskSizeGb"))
	metadataKeys = invalid("instance-template/metadata",
		"The keys of metadata differ, and all of it is smaller than 512 KB.",
		discovery("Metadata.items"))
	spotRestart = invalid("instance-template/spot",
		"Spot instances are not restarted automatically, nor migrated.",
		discovery("Scheduling.automaticRestart, onHostMaintenance"))

	managerTemplate = invalid("instance-group-manager/template",
		"A manager makes instances of templates, which are global or of its region.",
		discovery("InstanceGroupManager.instanceTemplate"))
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

	autoscalerBounds = invalid("autoscaler/bounds",
		"The least number of replicas is not above the greatest, which is 1 at least.",
		discovery("AutoscalingPolicy.maxNumReplicas"))
	autoscalerUse = invalid("autoscaler/cpu-target",
		"The target use of processors is above 0 and at most 1.",
		discovery("AutoscalingPolicyCpuUtilization.utilizationTarget"))
	autoscalerGroup = invalid("autoscaler/target",
		"An autoscaler scales a managed instance group of its region or zone.",
		discovery("Autoscaler.target"))
	autoscalerOnce = invalid("autoscaler/one-per-group",
		"A group has one autoscaler.",
		inferred(documented("compute/docs/autoscaler")))
)

const (
	minDiskGB       = 10
	maxMetadata     = 512 << 10
	minPercentGroup = 10
	maxDelaySeconds = 3600
)

// baseName is the form of the base of instance names.
var baseName = regexp.MustCompile(`^[a-z](([-a-z0-9]{0,57})|([-a-z0-9]{0,51}-#{1,10}(\[[0-9]{1,10}\])?))$`)

// properties is a template without what Google adds to it.
type properties struct {
	Properties json.RawMessage `json:"properties"`
}

func templateKept(r *request, _ *compute.InstanceTemplate) error {
	if r.creates() {
		return nil
	}
	old, oldErr := decode[properties](r.before)
	wanted, err := decode[properties](r.body)
	if oldErr != nil || err != nil {
		return fmt.Errorf("%s: properties cannot be read", r.link)
	}
	var a, b any
	if json.Unmarshal(old.Properties, &a) != nil || json.Unmarshal(wanted.Properties, &b) != nil || !reflect.DeepEqual(a, b) {
		return wrong(templateChanged, "properties", "", "Instance templates cannot be updated.")
	}
	return nil
}

func templateMachine(_ *request, t *compute.InstanceTemplate) error {
	p := t.Properties
	if p == nil {
		return nil
	}
	if strings.Contains(p.MachineType, "/") {
		return wrong(machineName, "properties.machineType", p.MachineType, "Must be the name of a machine type.")
	}
	if s := p.Scheduling; s != nil && (s.Preemptible || s.ProvisioningModel == "SPOT") {
		if s.AutomaticRestart != nil && *s.AutomaticRestart || s.OnHostMaintenance == "MIGRATE" {
			return wrong(spotRestart, "properties.scheduling", s.ProvisioningModel, "Preemptible instances cannot be restarted automatically or migrated.")
		}
	}
	if p.Metadata == nil {
		return nil
	}
	size, keys := 0, map[string]bool{}
	for _, item := range p.Metadata.Items {
		if keys[item.Key] {
			return wrong(metadataKeys, "properties.metadata", item.Key, "The key is there twice.")
		}
		keys[item.Key] = true
		size += len(item.Key)
		if item.Value != nil {
			size += len(*item.Value)
		}
	}
	if size >= maxMetadata {
		return wrong(metadataKeys, "properties.metadata", size, "Metadata must be smaller than %d bytes.", maxMetadata)
	}
	return nil
}

func templateDisks(_ *request, t *compute.InstanceTemplate) error {
	if t.Properties == nil {
		return nil
	}
	for i, disk := range t.Properties.Disks {
		at := fmt.Sprintf("properties.disks[%d]", i)
		if disk.Boot != (i == 0) {
			return wrong(bootDisk, at+".boot", disk.Boot, "Boot disk must be the first disk attached to the instance.")
		}
		if disk.InitializeParams == nil {
			continue
		}
		if disk.Source != "" {
			return wrong(diskSource, at+".source", disk.Source, "Only one of source and initializeParams may be specified.")
		}
		if size := disk.InitializeParams.DiskSizeGb; size != 0 && size < minDiskGB {
			return wrong(diskSize, at+".initializeParams.diskSizeGb", size, "Must be at least %d GB.", minDiskGB)
		}
	}
	return nil
}

func templateNetwork(_ *request, t *compute.InstanceTemplate) error {
	if t.Properties == nil || t.Properties.Tags == nil {
		return nil
	}
	return checkTags("properties.tags.items", t.Properties.Tags.Items)
}

func managerTemplates(r *request, m *compute.InstanceGroupManager) error {
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

func autoscalerSize(_ *request, a *compute.Autoscaler) error {
	policy := a.AutoscalingPolicy
	if policy == nil {
		return nil
	}
	if policy.MaxNumReplicas < 1 || policy.MinNumReplicas < 0 || policy.MinNumReplicas > policy.MaxNumReplicas {
		return wrong(autoscalerBounds, "autoscalingPolicy.maxNumReplicas", policy.MaxNumReplicas, "Must be positive, and not lower than minNumReplicas, %d.", policy.MinNumReplicas)
	}
	if use := policy.CpuUtilization; use != nil && (use.UtilizationTarget < 0 || use.UtilizationTarget > 1) {
		return wrong(autoscalerUse, "autoscalingPolicy.cpuUtilization.utilizationTarget", use.UtilizationTarget, "Must be in the range (0, 1].")
	}
	return nil
}

func autoscalerTarget(r *request, a *compute.Autoscaler) error {
	l, ok := r.refer(a.Target)
	if !ok || l.collection != "instanceGroupManagers" || l.scope != r.link.scope {
		return wrong(autoscalerGroup, "target", a.Target, "Must be a managed instance group in the scope %s.", r.link.scope)
	}
	return each(r, "autoscalers", func(other link, b *compute.Autoscaler) error {
		if r.same(a.Target, b.Target) {
			return wrong(autoscalerOnce, "target", a.Target, "The managed instance group is already autoscaled by '%s'.", other)
		}
		return nil
	})
}
