package instances

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/gcp/balancing"
	"ai-serving/internal/gcp/network"
	"ai-serving/internal/machinetype"
	"ai-serving/internal/topology"
)

// bootImage is a milestone of Container-Optimized OS with long-term support, which
// gets fixes only: with the newest stable one, instances of a group would have
// different milestones as it scales.
// See cloud.google.com/container-optimized-os/docs/release-notes.
const bootImage = "projects/cos-cloud/global/images/family/cos-121-lts"

// templateArgs describe the instances of a group. An instance template cannot
// be changed, not even its labels: a new one takes its place, under a name that
// Pulumi makes, and all instances are replaced.
func templateArgs(args Args, group topology.InstanceGroup, account, userData pulumi.StringInput) *compute.InstanceTemplateArgs {
	return &compute.InstanceTemplateArgs{
		Project:     args.Project,
		MachineType: pulumi.String(group.MachineType),
		Labels:      pulumi.ToStringMap(group.Workload.Identity()),
		Tags:        pulumi.ToStringArray(network.InstanceTags(group.Workload)),
		Disks: compute.InstanceTemplateDiskArray{compute.InstanceTemplateDiskArgs{
			Boot:        pulumi.Bool(true),
			AutoDelete:  pulumi.Bool(true),
			SourceImage: pulumi.String(bootImage),
			DiskType:    pulumi.String(machinetype.BootDisk(group.MachineType)),
			DiskSizeGb:  pulumi.Int(group.DiskGiB),
			Labels:      pulumi.ToStringMap(group.Workload.Identity()),
		}},
		// No access configuration: no address on the Internet.
		NetworkInterfaces: compute.InstanceTemplateNetworkInterfaceArray{
			compute.InstanceTemplateNetworkInterfaceArgs{Subnetwork: args.SubnetworkID},
		},
		Metadata: pulumi.StringMap{
			"user-data":                 userData,
			"google-logging-enabled":    pulumi.String("true"),
			"google-monitoring-enabled": pulumi.String("true"),
			"enable-oslogin":            pulumi.String("true"),
			"block-project-ssh-keys":    pulumi.String("true"),
		},
		// The scope allows what the account's roles do, and no more.
		ServiceAccount: &compute.InstanceTemplateServiceAccountArgs{
			Email:  account,
			Scopes: pulumi.StringArray{pulumi.String("https://www.googleapis.com/auth/cloud-platform")},
		},
		ShieldedInstanceConfig: &compute.InstanceTemplateShieldedInstanceConfigArgs{
			EnableSecureBoot:          pulumi.Bool(true),
			EnableVtpm:                pulumi.Bool(true),
			EnableIntegrityMonitoring: pulumi.Bool(true),
		},
		GuestAccelerators: accelerators(group),
		Scheduling:        scheduling(group),
	}
}

// accelerators are those that do not come with the machine.
func accelerators(group topology.InstanceGroup) compute.InstanceTemplateGuestAcceleratorArrayInput {
	if !group.Attached {
		return nil
	}
	return compute.InstanceTemplateGuestAcceleratorArray{compute.InstanceTemplateGuestAcceleratorArgs{
		Type: pulumi.String(group.GPU.Type), Count: pulumi.Int(group.GPU.Count),
	}}
}

// scheduling stops machines with GPUs for the maintenance of their host, and starts them
// again after it: they cannot move to another one, as machines do by default.
// See docs.cloud.google.com/compute/docs/gpus/gpu-host-maintenance.
func scheduling(group topology.InstanceGroup) compute.InstanceTemplateSchedulingPtrInput {
	if group.GPU == nil {
		return nil
	}
	return &compute.InstanceTemplateSchedulingArgs{
		OnHostMaintenance: pulumi.String("TERMINATE"), AutomaticRestart: pulumi.Bool(true),
	}
}

// healingCheckArgs describe the check that an instance is replaced for failing.
// It is slower to judge than those of the load balancers, which only stop
// sending requests, and names its port: it knows of no group with named ones.
func healingCheckArgs(args Args, workload topology.Workload) *compute.HealthCheckArgs {
	return &compute.HealthCheckArgs{
		Project:            args.Project,
		CheckIntervalSec:   pulumi.Int(10),
		TimeoutSec:         pulumi.Int(10),
		HealthyThreshold:   pulumi.Int(1),
		UnhealthyThreshold: pulumi.Int(6),
		HttpHealthCheck: &compute.HealthCheckHttpHealthCheckArgs{
			Port:        pulumi.Int(workload.Port),
			RequestPath: pulumi.String(workload.HealthPath),
		},
	}
}

// healingCheckOptions leave a group that listens on the old port its own check.
func healingCheckOptions() []pulumi.ResourceOption {
	return []pulumi.ResourceOption{pulumi.ReplaceOnChanges([]string{"httpHealthCheck.port"})}
}

// managerArgs describe the group. It is made with the fewest instances that it has,
// and is ready when they serve: a group that is stable verifies none, and what it
// verifies is the healing check.
// See cloud.google.com/compute/docs/instance-groups/verifying-status-of-instances-in-managed-instance-groups.
func managerArgs(name string, args Args, group topology.InstanceGroup, template, check pulumi.StringInput) *compute.RegionInstanceGroupManagerArgs {
	workload := group.Workload
	return &compute.RegionInstanceGroupManagerArgs{
		Project:                 args.Project,
		Region:                  pulumi.String(args.Region),
		BaseInstanceName:        pulumi.String(name),
		DistributionPolicyZones: pulumi.ToStringArray(args.Zones),
		Versions: compute.RegionInstanceGroupManagerVersionArray{
			compute.RegionInstanceGroupManagerVersionArgs{InstanceTemplate: template},
		},
		TargetSize:             pulumi.Int(group.MinReplicas),
		WaitForInstances:       pulumi.Bool(true),
		WaitForInstancesStatus: pulumi.String("UPDATED"),
		NamedPorts: compute.RegionInstanceGroupManagerNamedPortArray{
			compute.RegionInstanceGroupManagerNamedPortArgs{
				Name: pulumi.String(balancing.PortName),
				Port: pulumi.Int(workload.Port),
			},
		},
		AutoHealingPolicies: &compute.RegionInstanceGroupManagerAutoHealingPoliciesArgs{
			HealthCheck:     check,
			InitialDelaySec: pulumi.Int(initialSeconds(group)),
		},
		UpdatePolicy: updatePolicy(len(args.Zones)),
	}
}

// managerOptions leave the number of instances to the autoscaler, and wait as long as
// the first of them may take. For another version, which replaces all instances, the
// provider waits 15 minutes, whatever it is told: see computeRIGMWaitForInstanceStatus
// in resource_compute_region_instance_group_manager.go of terraform-provider-google.
func managerOptions(group topology.InstanceGroup) []pulumi.ResourceOption {
	return []pulumi.ResourceOption{
		pulumi.IgnoreChanges([]string{"targetSize"}),
		// Instances that listen on the old port serve until a group on the new one does.
		pulumi.ReplaceOnChanges([]string{"namedPorts"}),
		pulumi.Timeouts(&pulumi.CustomTimeouts{
			Create: timeout(initialSeconds(group)),
			Delete: timeout(group.Workload.Timeouts.Drain),
		}),
	}
}

// timeout is for what takes so many seconds, with ten minutes for Compute Engine's
// own part.
func timeout(seconds int) string { return fmt.Sprintf("%ds", seconds+600) }

// updatePolicy replaces instances as soon as the template changes, new ones
// first: in each zone one at a time, because a regional group takes no fixed
// number below that of its zones, except 0.
func updatePolicy(zones int) *compute.RegionInstanceGroupManagerUpdatePolicyArgs {
	return &compute.RegionInstanceGroupManagerUpdatePolicyArgs{
		Type:                       pulumi.String("PROACTIVE"),
		MinimalAction:              pulumi.String("REPLACE"),
		ReplacementMethod:          pulumi.String("SUBSTITUTE"),
		InstanceRedistributionType: pulumi.String("PROACTIVE"),
		MaxSurgeFixed:              pulumi.Int(zones),
		MaxUnavailableFixed:        pulumi.Int(0),
	}
}
