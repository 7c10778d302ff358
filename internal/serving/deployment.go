package serving

import (
	"strconv"

	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/topology"
)

const (
	// provisioningSeconds is how long a pod may wait for a new node and for its
	// image before it starts.
	provisioningSeconds = 600
	// startupPeriodSeconds is between two questions whether a replica has
	// started.
	startupPeriodSeconds = 10
	// userID is the user "nonroot" of distroless images. The kubelet refuses an
	// image that gives its user by name where root is ruled out, so the number
	// is stated; an image has to run under it with its root read-only.
	// See github.com/GoogleContainerTools/distroless.
	userID = 65532
	// portName is what the port that is served is called in the pod.
	portName = "http"
)

func deploymentArgs(d topology.Deployment) *appsv1.DeploymentArgs {
	meta := metadata(d)
	meta.Annotations = pulumi.StringMap{
		// How long Pulumi waits; 10 minutes if nothing is said.
		"pulumi.com/timeoutSeconds": pulumi.String(strconv.Itoa(rolloutSeconds(d))),
	}
	return &appsv1.DeploymentArgs{
		Metadata: meta,
		Spec: &appsv1.DeploymentSpecArgs{
			Replicas:                pulumi.Int(d.MinReplicas),
			Selector:                selector(d),
			Strategy:                strategy(d),
			ProgressDeadlineSeconds: pulumi.Int(provisioningSeconds + d.Workload.StartupSeconds),
			Template: &corev1.PodTemplateSpecArgs{
				Metadata: &metav1.ObjectMetaArgs{Labels: labels(d)},
				Spec:     podSpec(d),
			},
		},
	}
}

// strategy stops no replica before another one serves in its place. Where no
// accelerator may be left for another one, a replica stops first: with a single
// replica, nobody serves meanwhile.
func strategy(d topology.Deployment) *appsv1.DeploymentStrategyArgs {
	surge, unavailable := 1, 0
	if !d.Surge {
		surge, unavailable = 0, 1
	}
	return &appsv1.DeploymentStrategyArgs{
		Type: pulumi.String("RollingUpdate"),
		RollingUpdate: &appsv1.RollingUpdateDeploymentArgs{
			MaxSurge:       pulumi.Int(surge),
			MaxUnavailable: pulumi.Int(unavailable),
		},
	}
}

// rolloutSeconds is the longest that a new version takes to be everywhere: the
// replicas start one after the other.
func rolloutSeconds(d topology.Deployment) int {
	return provisioningSeconds + d.MaxReplicas*d.Workload.StartupSeconds
}

func podSpec(d topology.Deployment) *corev1.PodSpecArgs {
	return &corev1.PodSpecArgs{
		ServiceAccountName:            pulumi.String(d.Workload.Key),
		AutomountServiceAccountToken:  pulumi.Bool(false),
		EnableServiceLinks:            pulumi.Bool(false),
		TerminationGracePeriodSeconds: pulumi.Int(d.Workload.Timeouts.Grace),
		SecurityContext: &corev1.PodSecurityContextArgs{
			RunAsNonRoot:   pulumi.Bool(true),
			RunAsUser:      pulumi.Int(userID),
			RunAsGroup:     pulumi.Int(userID),
			SeccompProfile: &corev1.SeccompProfileArgs{Type: pulumi.String("RuntimeDefault")},
		},
		NodeSelector: nodeSelector(d),
		Tolerations:  tolerations(d),
		Containers:   corev1.ContainerArray{container(d)},
		Volumes: corev1.VolumeArray{corev1.VolumeArgs{
			Name:     pulumi.String("scratch"),
			EmptyDir: &corev1.EmptyDirVolumeSourceArgs{SizeLimit: pulumi.String("1Gi")},
		}},
		TopologySpreadConstraints: corev1.TopologySpreadConstraintArray{
			spread(d, "topology.kubernetes.io/zone"),
			spread(d, "kubernetes.io/hostname"),
		},
	}
}

func container(d topology.Deployment) corev1.ContainerArgs {
	return corev1.ContainerArgs{
		Name:  pulumi.String("server"),
		Image: pulumi.String(d.Workload.Image),
		Ports: corev1.ContainerPortArray{corev1.ContainerPortArgs{
			Name:          pulumi.String(portName),
			ContainerPort: pulumi.Int(d.Workload.Port),
			Protocol:      pulumi.String("TCP"),
		}},
		StartupProbe:   probe(d, startupPeriodSeconds, startupFailures(d.Workload.StartupSeconds)),
		ReadinessProbe: probe(d, 5, 3),
		LivenessProbe:  probe(d, 10, 6),
		// Load balancers go on sending until they have learnt that the pod is
		// leaving: the server is told to stop only after that.
		Lifecycle: &corev1.LifecycleArgs{PreStop: &corev1.LifecycleHandlerArgs{
			Sleep: &corev1.SleepActionArgs{Seconds: pulumi.Int(d.Workload.Timeouts.PreStop)},
		}},
		Resources: resources(d),
		SecurityContext: &corev1.SecurityContextArgs{
			AllowPrivilegeEscalation: pulumi.Bool(false),
			ReadOnlyRootFilesystem:   pulumi.Bool(true),
			Capabilities:             &corev1.CapabilitiesArgs{Drop: pulumi.StringArray{pulumi.String("ALL")}},
		},
		VolumeMounts: corev1.VolumeMountArray{corev1.VolumeMountArgs{
			Name:      pulumi.String("scratch"),
			MountPath: pulumi.String("/tmp"),
		}},
	}
}

// startupFailures is how often a replica may say that it is not ready yet
// before the time to start is over, rounded up.
func startupFailures(startupSeconds int) int {
	return max(1, (startupSeconds+startupPeriodSeconds-1)/startupPeriodSeconds)
}

// probe asks for the workload's health every period, in seconds, and acts on so
// many failures in a row.
func probe(d topology.Deployment, period, failures int) *corev1.ProbeArgs {
	return &corev1.ProbeArgs{
		HttpGet: &corev1.HTTPGetActionArgs{
			Path: pulumi.String(d.Workload.HealthPath),
			Port: pulumi.String(portName),
		},
		PeriodSeconds:    pulumi.Int(period),
		FailureThreshold: pulumi.Int(failures),
		// A busy server answers late; the default of 1 s would call it dead.
		TimeoutSeconds: pulumi.Int(5),
	}
}

// spread keeps the replicas of one version even over the domains, as far as
// there is room: in the loss of a zone, the others take its replicas.
func spread(d topology.Deployment, domain string) corev1.TopologySpreadConstraintArgs {
	return corev1.TopologySpreadConstraintArgs{
		TopologyKey:       pulumi.String(domain),
		MaxSkew:           pulumi.Int(1),
		WhenUnsatisfiable: pulumi.String("ScheduleAnyway"),
		LabelSelector:     selector(d),
		MatchLabelKeys:    pulumi.ToStringArray([]string{"pod-template-hash"}),
	}
}
