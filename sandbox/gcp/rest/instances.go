package rest

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"ai-serving/internal/machinetype"
	"ai-serving/sandbox/rules"
)

var machineExists = Rules.Add(rules.Rule{
	Name: "gcp/machine-type", Asks: "Instances and nodes are of a machine type that there is.",
	Status: http.StatusBadRequest, Code: "invalid", Source: "cloud.google.com/compute/docs/machine-resource",
})

var diskOfSeries = Rules.Add(rules.Rule{
	Name: "gcp/instance-template/disk-of-series", Asks: "Instances have disks of a type that their machine series takes: the newest series take no Persistent Disk.",
	Status: http.StatusBadRequest, Code: "invalid",
	Source: "docs.cloud.google.com/compute/docs/disks/hyperdisks#machine-type-support; github.com/DataBiosphere/dsub/issues/301 has the answer, which Google gives when it makes the instance, and the sandbox to its template",
})

var gpuMaintenance = Rules.Add(rules.Rule{
	Name: "gcp/instance-template/gpu-maintenance", Asks: "Instances with GPUs are stopped for the maintenance of their host.",
	Status: http.StatusBadRequest, Code: "invalid",
	Source: "docs.cloud.google.com/compute/docs/gpus/gpu-host-maintenance; Google answers so when it makes the instance, and the sandbox to its template",
})

// checkMaintenance refuses instances with GPUs that would be moved to another host, which
// is what is done where nothing is said. Spot instances never are.
func checkMaintenance(machine machinetype.Type, properties object) error {
	if machine.GPU == "" && len(objects(properties["guestAccelerators"])) == 0 || text(properties, "scheduling", "provisioningModel") == "SPOT" {
		return nil
	}
	if now := text(properties, "scheduling", "onHostMaintenance"); now != "TERMINATE" {
		return invalid(gpuMaintenance, "resource.properties.scheduling.onHostMaintenance", now, "Instances with guest accelerators do not support live migration.")
	}
	return nil
}

// prepareTemplate refuses images and machine types that Google does not have,
// and completes the disks and interfaces.
func prepareTemplate(r *request, next object) error {
	properties, _ := next["properties"].(object)
	name := text(properties, "machineType")
	machine, there := machinetype.Of(lastSegment(name))
	if !there {
		return invalid(machineExists, "resource.properties.machineType", name, "There is no such machine type.")
	}
	if err := checkMaintenance(machine, properties); err != nil {
		return err
	}
	for i, disk := range objects(properties["disks"]) {
		if err := checkImage(text(disk, "initializeParams", "sourceImage")); err != nil {
			return err
		}
		kind := text(disk, "initializeParams", "diskType")
		if strings.HasPrefix(kind, "pd-") && machinetype.BootDisk(lastSegment(name)) != "pd-balanced" {
			return invalid(diskOfSeries, fmt.Sprintf("resource.properties.disks[%d].initializeParams.diskType", i), kind, "[%s, %s] features are not compatible for creating instance.", kind, lastSegment(name))
		}
		disk["boot"] = disk["boot"] == true || i == 0
		disk["index"] = i
		for name, value := range (object{"deviceName": fmt.Sprintf("persistent-disk-%d", i), "interface": "SCSI", "mode": "READ_WRITE", "type": "PERSISTENT", "kind": "compute#attachedDisk"}) {
			if disk[name] == nil || disk[name] == "" {
				disk[name] = value
			}
		}
	}
	for _, identity := range objects(properties["serviceAccounts"]) {
		if err := r.checkIdentity(text(identity, "email"), identity["scopes"]); err != nil {
			return err
		}
	}
	for i, nic := range objects(properties["networkInterfaces"]) {
		nic["name"] = fmt.Sprintf("nic%d", i)
	}
	for _, name := range []string{"metadata", "tags"} {
		if content, _ := properties[name].(object); content != nil {
			content["fingerprint"] = fingerprint()
		}
	}
	return nil
}

// prepareManager makes the instance group that the manager fills. The instances
// themselves are not made.
func prepareManager(r *request, next object) error {
	region := r.values[1]
	policy, _ := next["distributionPolicy"].(object)
	if policy == nil {
		policy = object{}
	}
	var zones []string
	for _, zone := range objects(policy["zones"]) {
		zones = append(zones, lastSegment(text(zone, "zone")))
	}
	if len(zones) == 0 {
		all := zonesOf(region)
		zones = all[:min(zonesPerRegion, len(all))]
	}
	var places []object
	for _, zone := range zones {
		places = append(places, object{"zone": bases["compute"] + "projects/" + r.project + "/zones/" + zone})
	}
	policy["zones"] = list(places)
	if policy["targetShape"] == nil {
		policy["targetShape"] = "EVEN"
	}
	next["distributionPolicy"] = policy
	next["status"] = object{
		"isStable": true, "versionTarget": object{"isReached": true}, "allInstancesConfig": object{"effective": true},
		"stateful": object{"hasStatefulConfig": false, "perInstanceConfigs": object{"allEffective": true}},
	}
	group := managerGroup(r.key, next)[0]
	next["instanceGroup"] = bases["compute"] + group
	return r.tx.Put(group, object{
		"kind": "compute#instanceGroup", "name": next["name"], "region": next["region"],
		"selfLink": bases["compute"] + group, "namedPorts": next["namedPorts"],
	})
}

// managerGroup is the group beside a manager, which has the manager's name.
func managerGroup(key string, _ object) []string {
	return []string{strings.Replace(key, "/instanceGroupManagers/", "/instanceGroups/", 1)}
}

// setNamedPorts changes the ports of a group, which its manager tells too.
func (r *request) setNamedPorts() (any, error) {
	if err := r.mustExist(); err != nil {
		return nil, err
	}
	for _, key := range []string{r.key, strings.Replace(r.key, "/instanceGroups/", "/instanceGroupManagers/", 1)} {
		var stored object
		if _, err := r.tx.Get(key, &stored); err != nil {
			return nil, err
		}
		stored["namedPorts"] = r.body["namedPorts"]
		if err := r.tx.Put(key, stored); err != nil {
			return nil, err
		}
	}
	return r.result(r.old)
}

func (r *request) resize() (any, error) {
	if err := r.mustExist(); err != nil {
		return nil, err
	}
	size, err := strconv.Atoi(r.query.Get("size"))
	if err != nil {
		return nil, fieldType.Refuse("Invalid value for parameter 'size': '%s'.", r.query.Get("size"))
	}
	next := clone(r.old)
	next["targetSize"] = size
	return r.put(next)
}

// image answers for the families that Google keeps up, and for the images of
// them, whose names begin with that of the family.
func (r *request) image() (any, error) {
	project, name := r.values[0], r.values[1]
	there := slices.ContainsFunc(imageFamilies[project], func(known string) bool {
		return r.verb == "getFromFamily" && known == name || r.verb == "get" && strings.HasPrefix(name, known+"-")
	})
	if !there {
		return nil, notFound("projects/" + project + "/global/images/" + name)
	}
	return object{"kind": "compute#image", "name": name, "selfLink": bases["compute"] + "projects/" + project + "/global/images/" + name}, nil
}
