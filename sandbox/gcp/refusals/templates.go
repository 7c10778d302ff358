package refusals

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	compute "google.golang.org/api/compute/v0.beta"
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
		"A disk that is made has 10 to 65536 GB.",
		discovery("AttachedDiskInitializeParams.diskSizeGb")+"; "+documented("compute/docs/disks"))
	diskKind = invalid("instance-template/disk-type",
		"A disk is of a type that Compute Engine has.",
		documented("compute/docs/disks"))
	diskNeeded = invalid("instance-template/disks-needed",
		"An instance template has disks.",
		inferred(discovery("AttachedDisk.boot")))
	diskImage = invalid("instance-template/boot-source",
		"A boot disk is made from an image or a snapshot, or is an existing one.",
		discovery("AttachedDiskInitializeParams.sourceImage"))
	cardNeeded = invalid("instance-template/network-needed",
		"An instance template has a network interface.",
		inferred(documented("compute/docs/networking/network-overview")))
	cardsDiffer = invalid("instance-template/networks-differ",
		"The network interfaces of an instance template are in networks and subnetworks that differ.",
		"https://github.com/hashicorp/terraform-provider-google/issues/8269, of an instance (that templates are refused is inferred)")
	metadataKeys = invalid("instance-template/metadata",
		"The keys of metadata differ, and all of it is smaller than 512 KB.",
		discovery("Metadata.items"))
	spotRestart = invalid("instance-template/spot",
		"Spot instances are not restarted automatically, nor migrated.",
		discovery("Scheduling.automaticRestart, onHostMaintenance"))
)

const (
	minDiskGB   = 10
	maxDiskGB   = 64 << 10
	maxMetadata = 512 << 10
)

// diskTypes are the kinds of durable disks, and that of scratch disks.
var diskTypes = []string{
	"pd-standard", "pd-balanced", "pd-ssd", "pd-extreme", "local-ssd", "hyperdisk-balanced", "hyperdisk-extreme",
	"hyperdisk-throughput", "hyperdisk-ml", "hyperdisk-balanced-high-availability",
}

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
	if len(t.Properties.Disks) == 0 {
		return wrong(diskNeeded, "properties.disks", "", "No disks are specified.")
	}
	for i, disk := range t.Properties.Disks {
		at := fmt.Sprintf("properties.disks[%d]", i)
		if disk.Boot != (i == 0) {
			return wrong(bootDisk, at+".boot", disk.Boot, "Boot disk must be the first disk attached to the instance.")
		}
		if err := checkDisk(disk, at); err != nil {
			return err
		}
	}
	return nil
}

func checkDisk(disk *compute.AttachedDisk, at string) error {
	made := disk.InitializeParams
	if made == nil {
		if disk.Boot && disk.Source == "" {
			return wrong(diskImage, at+".source", "", "A boot disk must have a source or initializeParams.")
		}
		return nil
	}
	if disk.Source != "" {
		return wrong(diskSource, at+".source", disk.Source, "Only one of source and initializeParams may be specified.")
	}
	if size := made.DiskSizeGb; size != 0 && (size < minDiskGB || size > maxDiskGB) {
		return wrong(diskSize, at+".initializeParams.diskSizeGb", size, "Must be %d to %d GB.", minDiskGB, maxDiskGB)
	}
	if made.DiskType != "" && !slices.Contains(diskTypes, last(made.DiskType)) {
		return wrong(diskKind, at+".initializeParams.diskType", made.DiskType, "There is no such type of disks.")
	}
	if disk.Boot && made.SourceImage == "" && made.SourceSnapshot == "" && made.SourceInstantSnapshot == "" {
		return wrong(diskImage, at+".initializeParams.sourceImage", "", "A boot disk must have a source image or snapshot.")
	}
	return nil
}

func templateNetwork(_ *request, t *compute.InstanceTemplate) error {
	if t.Properties == nil {
		return nil
	}
	if len(t.Properties.NetworkInterfaces) == 0 {
		return wrong(cardNeeded, "properties.networkInterfaces", "", "At least one network interface is required.")
	}
	if err := checkCardsDiffer(t.Properties.NetworkInterfaces); err != nil {
		return err
	}
	if t.Properties.Tags == nil {
		return nil
	}
	return checkTags("properties.tags.items", t.Properties.Tags.Items)
}

// checkCardsDiffer compares the interfaces that name their networks, or their
// subnetworks, in the same words.
func checkCardsDiffer(cards []*compute.NetworkInterface) error {
	seen := map[string]bool{}
	for i, card := range cards {
		at := fmt.Sprintf("properties.networkInterfaces[%d]", i)
		switch {
		case card.Network != "" && seen[card.Network]:
			return wrong(cardsDiffer, at+".network", card.Network, "Networks must be distinct for NICs attached to a VM.")
		case card.Subnetwork != "" && seen[card.Subnetwork]:
			return wrong(cardsDiffer, at+".subnetwork", card.Subnetwork, "Subnetworks must be distinct for NICs attached to a VM.")
		}
		seen[card.Network], seen[card.Subnetwork] = true, true
	}
	return nil
}
