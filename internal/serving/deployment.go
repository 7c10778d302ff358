package serving

import (
	"cmp"
	"maps"
	"strconv"
	"strings"

	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/config"
	"ai-serving/internal/podsecurity"
	"ai-serving/internal/topology"
)

const (
	// provisioningSeconds is how long a pod may wait for a new node and for its
	// image before it starts, and acceleratorSeconds where the node has
	// accelerators: it takes 3 to 8 minutes, then its driver is installed, and images
	// have tens of gigabytes.
	provisioningSeconds = 600
	acceleratorSeconds  = 1500
	// gateSeconds is when GKE passes a pod's readiness gate though no load balancer
	// reaches it yet, after the pod was made: see
	// github.com/kubernetes/ingress-gce/pkg/neg/readiness/reflector.go.
	gateSeconds = 600
	// settleSeconds is what a load balancer needs to learn of a pod, and to see it
	// healthy, where no gate waits for it.
	settleSeconds = 30
	// evictionSeconds is the longest that the cluster autoscaler lets a pod finish,
	// whatever grace it has, when it removes a node: see max-graceful-termination-sec
	// in github.com/kubernetes/autoscaler.
	evictionSeconds = 600
	// startupPeriodSeconds is between two questions whether a replica has
	// started.
	startupPeriodSeconds = 10
	// portName is what the port that is served is called in the pod.
	portName = "http"
)

func deploymentArgs(d topology.Deployment, zones []string, secret pulumi.StringPtrInput) *appsv1.DeploymentArgs {
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
			MinReadySeconds:         pulumi.Int(minReadySeconds(d)),
			ProgressDeadlineSeconds: pulumi.Int(provisioning(d) + replacementSeconds(d)),
			Template: &corev1.PodTemplateSpecArgs{
				Metadata: &metav1.ObjectMetaArgs{Labels: podLabels(d), Annotations: podAnnotations(d, zones)},
				Spec:     podSpec(d, secret),
			},
		},
	}
}

// strategy stops no replica before another one serves in its place. Where no
// accelerator may be left for another one, a replica stops first: with a single
// replica, none serves meanwhile.
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

// provisioning is how long a pod may wait for a new node and for its image.
func provisioning(d topology.Deployment) int {
	if d.GPU != nil {
		return acceleratorSeconds
	}
	return provisioningSeconds
}

// minReadySeconds is how long a replica has to be ready before the next one is
// replaced: the gate says when load balancers reach it, unless it may take so long
// that the gate is passed before.
func minReadySeconds(d topology.Deployment) int {
	if provisioning(d)-provisioningSeconds+d.Workload.StartupSeconds >= gateSeconds/2 {
		return settleSeconds
	}
	return 0
}

// replacementSeconds is the longest that one replica takes to take the place of
// another: it starts, and where it has no room beside the other, that one finishes
// its responses first.
func replacementSeconds(d topology.Deployment) int {
	seconds := d.Workload.StartupSeconds + minReadySeconds(d)
	if !d.Surge {
		seconds += d.Workload.Timeouts.Grace
	}
	return seconds
}

// rolloutSeconds is the longest that a new version takes to be everywhere, where the
// replicas are replaced one after the other, and that the replicas take to end when
// the Deployment is deleted.
func rolloutSeconds(d topology.Deployment) int {
	return provisioning(d) + max(d.MaxReplicas*replacementSeconds(d), d.Workload.Timeouts.Grace)
}

// podAnnotations replace the replicas, one after the other, when the cluster's zones
// change: they spread over the new ones, and one that is ready proves that GKE has made
// the endpoint groups there. Where a replica would have to stop first, none is replaced.
//
// They keep the cluster autoscaler from removing the node of a replica that may need
// longer to finish than it would get.
// See cloud.google.com/kubernetes-engine/docs/concepts/cluster-autoscaler#scheduling-and-disruption.
func podAnnotations(d topology.Deployment, zones []string) pulumi.StringMap {
	annotations := pulumi.StringMap{}
	if d.Surge {
		annotations["ai-serving/zones"] = pulumi.String(strings.Join(zones, ","))
	}
	if d.Workload.Timeouts.Grace > evictionSeconds {
		annotations["cluster-autoscaler.kubernetes.io/safe-to-evict"] = pulumi.String("false")
	}
	maps.Copy(annotations, weightsAnnotations(d.Server))
	return annotations
}

func podSpec(d topology.Deployment, secret pulumi.StringPtrInput) *corev1.PodSpecArgs {
	return &corev1.PodSpecArgs{
		ServiceAccountName:            pulumi.String(d.Workload.Key),
		AutomountServiceAccountToken:  pulumi.Bool(false),
		EnableServiceLinks:            pulumi.Bool(false),
		TerminationGracePeriodSeconds: pulumi.Int(d.Workload.Timeouts.Grace),
		// The kubelet refuses an image that gives its user by name where root is ruled out,
		// so the number is stated; an image has to run under it with its root read-only.
		SecurityContext:  podsecurity.Pod(cmp.Or(d.Server.User, config.NonRoot)),
		ImagePullSecrets: pullSecrets(d),
		NodeSelector:     nodeSelector(d),
		Tolerations:      tolerations(d),
		Containers:       corev1.ContainerArray{container(d, secret)},
		Volumes:          append(volumes(d.Server), weightsVolume(d.Server)...),
		TopologySpreadConstraints: corev1.TopologySpreadConstraintArray{
			spread(d, "topology.kubernetes.io/zone"),
			spread(d, "kubernetes.io/hostname"),
		},
	}
}

func container(d topology.Deployment, secret pulumi.StringPtrInput) corev1.ContainerArgs {
	return corev1.ContainerArgs{
		Name:           pulumi.String("server"),
		Image:          pulumi.String(d.Server.Image),
		Command:        given(d.Server.Command),
		Args:           given(d.Server.Args),
		Env:            environment(d.Server, secret),
		Ports:          ports(d),
		StartupProbe:   probe(d, startupPeriodSeconds, startupFailures(d.Workload.StartupSeconds)),
		ReadinessProbe: probe(d, 5, 3),
		LivenessProbe:  probe(d, 10, 6),
		// Load balancers go on sending until they have learnt that the pod is
		// leaving: the server is told to stop only after that.
		Lifecycle: &corev1.LifecycleArgs{PreStop: &corev1.LifecycleHandlerArgs{
			Sleep: &corev1.SleepActionArgs{Seconds: pulumi.Int(d.Workload.Timeouts.PreStop)},
		}},
		// What a server last printed says why it ended: kubectl describe pod shows it.
		TerminationMessagePolicy: pulumi.String("FallbackToLogsOnError"),

		Resources:       resources(d),
		SecurityContext: podsecurity.Container(),
		VolumeMounts:    append(mounts(d.Server), weightsMount(d.Server)...),
	}
}

// ports are that of the requests and, where it is another one, that of the metrics.
func ports(d topology.Deployment) corev1.ContainerPortArray {
	all := corev1.ContainerPortArray{containerPort(portName, d.Workload.Port)}
	if d.Metrics != nil && metricsPortName(d) != portName {
		all = append(all, containerPort(metricsName, d.Metrics.Port))
	}
	return all
}

func containerPort(name string, port int) corev1.ContainerPortArgs {
	return corev1.ContainerPortArgs{Name: pulumi.String(name), ContainerPort: pulumi.Int(port), Protocol: pulumi.String("TCP")}
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
