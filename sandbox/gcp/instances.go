package gcp

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-provider-google-beta/google-beta/services/compute"
)

func instanceKinds() []kind {
	template := global("instance_template", "InstanceTemplate", "instanceTemplates", compute.ResourceComputeInstanceTemplate()).with(
		prefixable, completed(completeTemplate))
	template.uniqueNames = []string{"name", "name-prefix"}
	template.loose = true // it describes instances and has none
	return []kind{
		template,
		regional("region_instance_group_manager", "RegionInstanceGroupManager", "instanceGroupManagers", compute.ResourceComputeRegionInstanceGroupManager()).with(
			refersTo(map[string][]string{
				"instance_template": {"global/instanceTemplates", "regions/instanceTemplates"},
				"health_check":      {"global/healthChecks", "regions/healthChecks"},
			}),
			completed(completeManager)),
		regional("region_autoscaler", "RegionAutoscaler", "autoscalers", compute.ResourceComputeRegionAutoscaler()).with(
			refersTo(map[string][]string{"target": {"regions/instanceGroupManagers"}}),
			completed(completeAutoscaler)),
	}
}

// completeTemplate refuses images and machine types that Google does not have.
func completeTemplate(o *operation) error {
	if _, exists := machineType(o.text("machine_type")); !exists {
		return invalidValue("resource.properties.machineType", o.text("machine_type"), "There is no such machine type.")
	}
	disks := plain(o.data.Get("disk")).([]any)
	for i, disk := range disks {
		disk := disk.(map[string]any)
		if source, _ := disk["source_image"].(string); source != "" {
			image, err := compute.ResolveImage(o.config, o.project(), source, o.config.UserAgent)
			if err != nil {
				return fmt.Errorf("disk.%d.source_image: %w", i, err)
			}
			if err := checkImage(image); err != nil {
				return err
			}
			disk["source_image"] = image
		}
		disk["boot"] = disk["boot"] == true || i == 0
		for name, value := range map[string]string{"device_name": fmt.Sprintf("persistent-disk-%d", i), "interface": "SCSI", "mode": "READ_WRITE", "type": "PERSISTENT"} {
			if disk[name] == "" {
				disk[name] = value
			}
		}
	}
	o.set("disk", disks)
	o.set("self_link_unique", fmt.Sprintf("%s%s?uniqueId=%d", computeURL, o.id, number()))
	return nil
}

// completeManager makes the instance group that the manager fills. The
// instances themselves are not made; their interfaces hold the networks of the
// template, as real ones would.
func completeManager(o *operation) error {
	zones := texts(o.data.Get("distribution_policy_zones"))
	if err := checkZones("resource.distributionPolicy.zones", o.text("region"), zones); err != nil {
		return err
	}
	if len(zones) == 0 {
		all := zonesOf(o.text("region"))
		o.set("distribution_policy_zones", all[:min(zonesPerRegion, len(all))])
	}
	if err := o.checkFixedLimits(); err != nil {
		return err
	}
	o.fill("distribution_policy_target_shape", "EVEN")
	group := "projects/" + o.project() + "/regions/" + o.text("region") + "/instanceGroups/" + o.text("name")
	o.set("instance_group", computeURL+group)
	if err := o.referToTemplateNetworks(); err != nil {
		return err
	}
	return o.tx.Put(group, record{Type: instanceGroup, Parent: o.id, Attributes: map[string]any{
		"name":       o.text("name"),
		"region":     o.text("region"),
		"self_link":  computeURL + group,
		"named_port": plain(o.data.Get("named_port")),
	}})
}

// checkFixedLimits refuses a rollout by fixed numbers that leave zones out.
func (o *operation) checkFixedLimits() error {
	if o.number("update_policy.#") == 0 {
		return nil
	}
	zones := len(texts(o.data.Get("distribution_policy_zones")))
	for attribute, field := range map[string]string{"max_surge_fixed": "maxSurge", "max_unavailable_fixed": "maxUnavailable"} {
		if limit := o.number("update_policy.0." + attribute); limit > 0 && limit < zones {
			return invalidValue("resource.updatePolicy."+field+".fixed", fmt.Sprint(limit),
				"For a regional managed instance group it has to be 0 or at least the number of zones, %d.", zones)
		}
	}
	return nil
}

// referToTemplateNetworks adds the networks of the manager's templates to what
// the manager refers to.
func (o *operation) referToTemplateNetworks() error {
	for _, id := range o.references {
		template, _, err := get(o.tx, id)
		if err != nil {
			return err
		}
		interfaces, _ := template.Attributes["network_interface"].([]any)
		for _, nic := range interfaces {
			nic := nic.(map[string]any)
			for _, name := range []string{"network", "subnetwork"} {
				if url, _ := nic[name].(string); url != "" {
					o.references = append(o.references, idOf(url))
				}
			}
		}
	}
	return nil
}

// completeAutoscaler refuses a second autoscaler of a group, and limits in the
// wrong order.
func completeAutoscaler(o *operation) error {
	other, _, err := find(o.tx, func(id string, r record) bool {
		return id != o.id && r.Type == o.kind.tfType && r.text("target") == o.text("target")
	})
	if err != nil {
		return err
	}
	if other != "" {
		return invalidValue("resource.target", o.text("target"), "The group is already scaled by '%s'.", other)
	}
	if least, most := o.number("autoscaling_policy.0.min_replicas"), o.number("autoscaling_policy.0.max_replicas"); least > most {
		return invalidValue("resource.autoscalingPolicy.maxNumReplicas", fmt.Sprint(most), "Must not be less than minNumReplicas, %d.", least)
	}
	return nil
}

// texts are the elements of a list or set of texts.
func texts(value any) []string {
	list, _ := plain(value).([]any)
	var elements []string
	for _, element := range list {
		if text, ok := element.(string); ok && strings.TrimSpace(text) != "" {
			elements = append(elements, text)
		}
	}
	return elements
}
