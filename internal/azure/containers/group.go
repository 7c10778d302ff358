package containers

import (
	"github.com/pulumi/pulumi-azure-native-sdk/containerinstance/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/topology"
)

// containerName is the same in every group: a group has one container.
const containerName = pulumi.String("model-server")

// groupArgs describe one replica.
//
// Container Instances has no setting for how a replica ends: it is killed
// without grace (virtual-kubelet/azure-aci#28). What the gateway is draining by
// then is cut.
func groupArgs(args Args, group topology.ContainerGroup) *containerinstance.ContainerGroupArgs {
	workload := group.Workload
	result := &containerinstance.ContainerGroupArgs{
		ResourceGroupName: args.ResourceGroupName,
		Location:          pulumi.String(args.Location),
		OsType:            containerinstance.OperatingSystemTypesLinux,
		RestartPolicy:     containerinstance.ContainerGroupRestartPolicyAlways,
		Containers:        containerinstance.ContainerArray{container(group, args.Secrets)},
		// There is no mapping of ports: the group listens where its container does.
		IpAddress: &containerinstance.IpAddressArgs{
			Type: containerinstance.ContainerGroupIpAddressTypePrivate,
			Ports: containerinstance.PortArray{&containerinstance.PortArgs{
				Port:     pulumi.Int(workload.Port),
				Protocol: containerinstance.ContainerGroupNetworkProtocolTCP,
			}},
		},
		SubnetIds: containerinstance.ContainerGroupSubnetIdArray{
			&containerinstance.ContainerGroupSubnetIdArgs{Id: args.SubnetIDs[group.Subnet]},
		},
		Tags: pulumi.ToStringMap(workload.Labels),
	}
	if group.Zone != "" {
		result.Zones = pulumi.StringArray{pulumi.String(group.Zone)}
	}
	if args.LogAnalytics != nil {
		result.Diagnostics = diagnostics(*args.LogAnalytics, args.Secrets)
	}
	if registry := group.Registry; registry != nil {
		result.ImageRegistryCredentials = containerinstance.ImageRegistryCredentialArray{credential(*registry, args.Secrets)}
		if registry.Identity != "" {
			result.Identity = identity(registry.Identity)
		}
	}
	return result
}

func container(group topology.ContainerGroup, secrets map[string]pulumi.StringInput) *containerinstance.ContainerArgs {
	workload := group.Workload
	return &containerinstance.ContainerArgs{
		Name:    containerName,
		Image:   pulumi.String(group.Server.Image),
		Command: command(group.Server),
		Ports: containerinstance.ContainerPortArray{&containerinstance.ContainerPortArgs{
			Port:     pulumi.Int(workload.Port),
			Protocol: containerinstance.ContainerNetworkProtocolTCP,
		}},
		Resources: &containerinstance.ResourceRequirementsArgs{
			Requests: &containerinstance.ResourceRequestsArgs{
				Cpu:        pulumi.Float64(group.CPU),
				MemoryInGB: pulumi.Float64(group.MemoryGiB),
			},
		},
		EnvironmentVariables: environment(group, secrets),
		LivenessProbe:        livenessProbe(workload),
		ReadinessProbe:       readinessProbe(workload),
	}
}

// livenessProbe restarts a server that has not answered for a minute. It starts
// when the server has to be up: Container Instances has no probe for starting.
func livenessProbe(workload topology.Workload) *containerinstance.ContainerProbeArgs {
	return &containerinstance.ContainerProbeArgs{
		HttpGet:             health(workload),
		InitialDelaySeconds: pulumi.Int(workload.StartupSeconds),
		PeriodSeconds:       pulumi.Int(10),
		TimeoutSeconds:      pulumi.Int(5),
		FailureThreshold:    pulumi.Int(6),
	}
}

func readinessProbe(workload topology.Workload) *containerinstance.ContainerProbeArgs {
	return &containerinstance.ContainerProbeArgs{
		HttpGet:          health(workload),
		PeriodSeconds:    pulumi.Int(5),
		TimeoutSeconds:   pulumi.Int(5),
		FailureThreshold: pulumi.Int(3),
	}
}

func health(workload topology.Workload) *containerinstance.ContainerHttpGetArgs {
	return &containerinstance.ContainerHttpGetArgs{
		Path:   pulumi.String(workload.HealthPath),
		Port:   pulumi.Int(workload.Port),
		Scheme: containerinstance.SchemeHttp,
	}
}
