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

const (
	// bootImage is a milestone of Container-Optimized OS with long-term support, which
	// gets fixes only: with the newest stable one, instances of a group would have
	// different milestones as it scales.
	// See cloud.google.com/container-optimized-os/docs/release-notes.
	bootImage = "projects/cos-cloud/global/images/family/cos-121-lts"
	// bootDiskGiB has room for the images of model servers.
	bootDiskGiB = 50
	// targetUtilization of the processors is what the autoscaler aims at.
	targetUtilization = 0.6
	// bootSeconds is for what comes before the start of the model server: the
	// machine boots and pulls the image.
	bootSeconds = 180
	// maxInitialDelaySeconds is the most that Compute Engine takes.
	maxInitialDelaySeconds = 3600
	// scaleInWindowSeconds is the time in which a group may lose one instance,
	// so that a lull does not cost it the models that it has loaded.
	scaleInWindowSeconds = 300
)

// initialSeconds is how long a new instance may take until it serves.
func initialSeconds(workload topology.Workload) int {
	return min(bootSeconds+workload.StartupSeconds, maxInitialDelaySeconds)
}

// templateArgs describe the instances of a group. An instance template cannot
// be changed, not even its labels: a new one takes its place, under a name that
// Pulumi makes, and all instances are replaced.
func templateArgs(args Args, group topology.InstanceGroup, account pulumi.StringInput, userData string) *compute.InstanceTemplateArgs {
	return &compute.InstanceTemplateArgs{
		Project:     args.Project,
		MachineType: pulumi.String(group.MachineType),
		Labels:      pulumi.ToStringMap(group.Workload.Identity()),
		Tags:        pulumi.StringArray{pulumi.String(network.ServingTag)},
		Disks: compute.InstanceTemplateDiskArray{compute.InstanceTemplateDiskArgs{
			Boot:        pulumi.Bool(true),
			AutoDelete:  pulumi.Bool(true),
			SourceImage: pulumi.String(bootImage),
			DiskType:    pulumi.String(machinetype.BootDisk(group.MachineType)),
			DiskSizeGb:  pulumi.Int(bootDiskGiB),
			Labels:      pulumi.ToStringMap(group.Workload.Identity()),
		}},
		// No access configuration: no address on the Internet.
		NetworkInterfaces: compute.InstanceTemplateNetworkInterfaceArray{
			compute.InstanceTemplateNetworkInterfaceArgs{Subnetwork: args.SubnetworkID},
		},
		Metadata: pulumi.StringMap{
			"user-data":                 pulumi.String(userData),
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
			InitialDelaySec: pulumi.Int(initialSeconds(workload)),
		},
		UpdatePolicy: updatePolicy(len(args.Zones)),
	}
}

// managerOptions leave the number of instances to the autoscaler, and wait as long as
// the first of them may take. For another version, which replaces all instances, the
// provider waits 15 minutes, whatever it is told: see computeRIGMWaitForInstanceStatus
// in resource_compute_region_instance_group_manager.go of terraform-provider-google.
func managerOptions(workload topology.Workload) []pulumi.ResourceOption {
	return []pulumi.ResourceOption{
		pulumi.IgnoreChanges([]string{"targetSize"}),
		// Instances that listen on the old port serve until a group on the new one does.
		pulumi.ReplaceOnChanges([]string{"namedPorts"}),
		pulumi.Timeouts(&pulumi.CustomTimeouts{
			Create: timeout(initialSeconds(workload)),
			Delete: timeout(workload.Timeouts.Drain),
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

// autoscalerOptions make another autoscaler for another group, before the group of
// before goes: each scales its own.
func autoscalerOptions() []pulumi.ResourceOption {
	return []pulumi.ResourceOption{pulumi.ReplaceOnChanges([]string{"target"})}
}

func autoscalerArgs(args Args, group topology.InstanceGroup, manager pulumi.StringInput) *compute.RegionAutoscalerArgs {
	return &compute.RegionAutoscalerArgs{
		Project: args.Project,
		Region:  pulumi.String(args.Region),
		Target:  manager,
		AutoscalingPolicy: &compute.RegionAutoscalerAutoscalingPolicyArgs{
			MinReplicas: pulumi.Int(group.MinReplicas),
			MaxReplicas: pulumi.Int(group.MaxReplicas),
			// What an instance uses while it starts says nothing about the load.
			CooldownPeriod: pulumi.Int(initialSeconds(group.Workload)),
			CpuUtilization: &compute.RegionAutoscalerAutoscalingPolicyCpuUtilizationArgs{
				Target: pulumi.Float64(targetUtilization),
			},
			ScaleInControl: &compute.RegionAutoscalerAutoscalingPolicyScaleInControlArgs{
				MaxScaledInReplicas: &compute.RegionAutoscalerAutoscalingPolicyScaleInControlMaxScaledInReplicasArgs{
					Fixed: pulumi.Int(1),
				},
				TimeWindowSec: pulumi.Int(scaleInWindowSeconds),
			},
		},
	}
}
