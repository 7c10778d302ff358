package containers

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi-azure-native-sdk/containerinstance/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/config"
	"ai-serving/internal/testkit"
	"ai-serving/internal/topology"
)

func group(name, zone string) topology.ContainerGroup {
	return topology.ContainerGroup{
		Name: name, Subnet: "chat.0", Zone: zone, CPU: 1, MemoryGiB: 1.5,
		Server: config.Server{Image: "registry.example.com/chat:1"},
		Workload: topology.Workload{
			Key: "chat", Port: 8080, HealthPath: "/health", StartupSeconds: 90,
			Labels: map[string]string{"model": "chat"},
		},
	}
}

func fixture(groups ...topology.ContainerGroup) Args {
	return Args{
		Location:          "westeurope",
		ResourceGroupName: pulumi.String("group"),
		SubnetIDs:         map[string]pulumi.StringInput{"chat.0": pulumi.String("subnet")},
		Groups:            groups,
	}
}

func TestGroupArgs(t *testing.T) {
	t.Parallel()
	probe := &containerinstance.ContainerHttpGetArgs{
		Path: pulumi.String("/health"), Port: pulumi.Int(8080), Scheme: containerinstance.SchemeHttp,
	}
	want := &containerinstance.ContainerGroupArgs{
		ResourceGroupName: pulumi.String("group"),
		Location:          pulumi.String("westeurope"),
		OsType:            containerinstance.OperatingSystemTypesLinux,
		RestartPolicy:     containerinstance.ContainerGroupRestartPolicyAlways,
		Zones:             pulumi.StringArray{pulumi.String("2")},
		Containers: containerinstance.ContainerArray{&containerinstance.ContainerArgs{
			Name:  pulumi.String("model-server"),
			Image: pulumi.String("registry.example.com/chat:1"),
			Ports: containerinstance.ContainerPortArray{&containerinstance.ContainerPortArgs{
				Port: pulumi.Int(8080), Protocol: containerinstance.ContainerNetworkProtocolTCP,
			}},
			Resources: &containerinstance.ResourceRequirementsArgs{
				Requests: &containerinstance.ResourceRequestsArgs{Cpu: pulumi.Float64(1), MemoryInGB: pulumi.Float64(1.5)},
			},
			EnvironmentVariables: containerinstance.EnvironmentVariableArray(nil),
			LivenessProbe: &containerinstance.ContainerProbeArgs{
				HttpGet: probe, InitialDelaySeconds: pulumi.Int(90),
				PeriodSeconds: pulumi.Int(10), TimeoutSeconds: pulumi.Int(5), FailureThreshold: pulumi.Int(6),
			},
			ReadinessProbe: &containerinstance.ContainerProbeArgs{
				HttpGet:       probe,
				PeriodSeconds: pulumi.Int(5), TimeoutSeconds: pulumi.Int(5), FailureThreshold: pulumi.Int(3),
			},
		}},
		IpAddress: &containerinstance.IpAddressArgs{
			Type: containerinstance.ContainerGroupIpAddressTypePrivate,
			Ports: containerinstance.PortArray{&containerinstance.PortArgs{
				Port: pulumi.Int(8080), Protocol: containerinstance.ContainerGroupNetworkProtocolTCP,
			}},
		},
		SubnetIds: containerinstance.ContainerGroupSubnetIdArray{
			&containerinstance.ContainerGroupSubnetIdArgs{Id: pulumi.String("subnet")},
		},
		Tags: pulumi.StringMap{"model": pulumi.String("chat")},
	}
	if diff := cmp.Diff(want, groupArgs(fixture(), group("chat-1", "2"))); diff != "" {
		t.Errorf("container group (-want +got):\n%s", diff)
	}
}

func TestARegionWithoutZonesNamesNone(t *testing.T) {
	t.Parallel()
	if zones := groupArgs(fixture(), group("chat-0", "")).Zones; zones != nil {
		t.Errorf("zones: %v", zones)
	}
}

func TestEachGroupHasAnAddress(t *testing.T) {
	t.Parallel()
	recording, err := testkit.Run(testkit.Program{Project: "ai-serving", Stack: "test"}, func(ctx *pulumi.Context) error {
		containers, err := New(ctx, "westeurope", fixture(group("chat-0", "1"), group("chat-1", "2")))
		if err != nil {
			return err
		}
		for name, address := range containers.Addresses {
			ctx.Export(name, address)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	addresses := recording.Outputs.Mappable()
	if len(addresses) != 2 || addresses["chat-0"] == nil || addresses["chat-0"] == addresses["chat-1"] {
		t.Errorf("addresses: %v, want two different ones of chat-0 and chat-1", addresses)
	}
	registered, ok := recording.Find("azure-native:containerinstance:ContainerGroup", "westeurope-chat-0")
	if !ok {
		t.Fatal("no container group westeurope-chat-0")
	}
	want := testkit.Options{
		IgnoreChanges: []string{"ipAddress.ip"},
		ReplaceOnChanges: []string{
			"containers", "diagnostics", "identity", "imageRegistryCredentials", "ipAddress.ports", "ipAddress.type",
			"osType", "restartPolicy", "subnetIds", "zones",
		},
	}
	registered.Options.Aliases = nil // those of the SDK: the type in other API versions
	if diff := cmp.Diff(want, registered.Options); diff != "" {
		t.Errorf("options (-want +got):\n%s", diff)
	}
}
