package metricsadapter

import (
	"maps"

	apiregistrationv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apiregistration/v1"
	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	rbacv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/rbac/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/config"
	"ai-serving/internal/podsecurity"
)

const (
	// image is a release of Google's.
	image = "gcr.io/gke-release/custom-metrics-stackdriver-adapter:v0.15.1-gke.0"
	// port is the only one, beside the kubelet's, that the control plane of a private
	// cluster reaches on nodes.
	// See docs.cloud.google.com/kubernetes-engine/docs/how-to/private-clusters#add_firewall_rules.
	port = 443
)

// selected are the labels of the adapter's pods.
var selected = map[string]string{"run": Account, "k8s-app": Account}

func metadata(stack map[string]string) *metav1.ObjectMetaArgs {
	labels := maps.Clone(selected)
	maps.Copy(labels, stack)
	return &metav1.ObjectMetaArgs{
		Name: pulumi.String(Account), Namespace: pulumi.String(Namespace), Labels: pulumi.ToStringMap(labels),
	}
}

// named is the metadata of an object that is in no namespace.
func named(name string, stack map[string]string) *metav1.ObjectMetaArgs {
	return &metav1.ObjectMetaArgs{Name: pulumi.String(name), Labels: pulumi.ToStringMap(stack)}
}

func namespaceArgs(stack map[string]string) *corev1.NamespaceArgs {
	return &corev1.NamespaceArgs{Metadata: named(Namespace, podsecurity.Labels(stack))}
}

// newGrants registers what the adapter may do in the cluster: check who asks it, and read
// pods and nodes, whose metrics it is asked for. Autoscalers may read external metrics.
func newGrants(ctx *pulumi.Context, logical string, stack map[string]string, opts []pulumi.ResourceOption) ([]pulumi.Resource, error) {
	reader, err := rbacv1.NewClusterRole(ctx, logical+"reader", &rbacv1.ClusterRoleArgs{
		Metadata: named("custom-metrics-resource-reader", stack),
		Rules:    rbacv1.PolicyRuleArray{rule("", []string{"pods", "nodes", "nodes/stats"})},
	}, opts...)
	if err != nil {
		return nil, err
	}
	external, err := rbacv1.NewClusterRole(ctx, logical+"external", &rbacv1.ClusterRoleArgs{
		Metadata: named("external-metrics-reader", stack),
		Rules:    rbacv1.PolicyRuleArray{rule("external.metrics.k8s.io", []string{"*"})},
	}, opts...)
	if err != nil {
		return nil, err
	}
	all := []pulumi.Resource{reader, external}
	adapter, autoscaler := subject(Namespace, Account), subject("kube-system", "horizontal-pod-autoscaler")
	for _, binding := range []struct {
		logical, name, role string
		subject             rbacv1.SubjectArgs
	}{
		{"delegator", "custom-metrics:system:auth-delegator", "system:auth-delegator", adapter},
		{"reader", "custom-metrics-resource-reader", "custom-metrics-resource-reader", adapter},
		{"external", "external-metrics-reader", "external-metrics-reader", autoscaler},
	} {
		made, err := rbacv1.NewClusterRoleBinding(ctx, logical+binding.logical, &rbacv1.ClusterRoleBindingArgs{
			Metadata: named(binding.name, stack),
			RoleRef:  role("ClusterRole", binding.role),
			Subjects: rbacv1.SubjectArray{binding.subject},
		}, opts...)
		if err != nil {
			return nil, err
		}
		all = append(all, made)
	}
	authentication, err := rbacv1.NewRoleBinding(ctx, logical+"authentication", &rbacv1.RoleBindingArgs{
		Metadata: &metav1.ObjectMetaArgs{
			Name: pulumi.String("custom-metrics-auth-reader"), Namespace: pulumi.String("kube-system"), Labels: pulumi.ToStringMap(stack),
		},
		RoleRef:  role("Role", "extension-apiserver-authentication-reader"),
		Subjects: rbacv1.SubjectArray{adapter},
	}, opts...)
	return append(all, authentication), err
}

// rule lets resources be read.
func rule(group string, resources []string) rbacv1.PolicyRuleArgs {
	return rbacv1.PolicyRuleArgs{
		ApiGroups: pulumi.ToStringArray([]string{group}),
		Resources: pulumi.ToStringArray(resources),
		Verbs:     pulumi.ToStringArray([]string{"get", "list", "watch"}),
	}
}

func role(kind, name string) rbacv1.RoleRefArgs {
	return rbacv1.RoleRefArgs{ApiGroup: pulumi.String("rbac.authorization.k8s.io"), Kind: pulumi.String(kind), Name: pulumi.String(name)}
}

func subject(namespace, account string) rbacv1.SubjectArgs {
	return rbacv1.SubjectArgs{Kind: pulumi.String("ServiceAccount"), Namespace: pulumi.String(namespace), Name: pulumi.String(account)}
}

func serviceArgs(stack map[string]string) *corev1.ServiceArgs {
	return &corev1.ServiceArgs{
		Metadata: metadata(stack),
		Spec: &corev1.ServiceSpecArgs{
			Type:     pulumi.String("ClusterIP"),
			Selector: pulumi.ToStringMap(selected),
			Ports: corev1.ServicePortArray{corev1.ServicePortArgs{
				Port: pulumi.Int(443), TargetPort: pulumi.Int(port), Protocol: pulumi.String("TCP"),
			}},
		},
	}
}

// args make the API server ask the adapter. It cannot know the certificate, which the
// adapter makes itself when it starts.
func (a api) args(stack map[string]string) *apiregistrationv1.APIServiceArgs {
	return &apiregistrationv1.APIServiceArgs{
		Metadata: named(a.name(), stack),
		Spec: &apiregistrationv1.APIServiceSpecArgs{
			Group: pulumi.String(a.group), Version: pulumi.String(a.version),
			GroupPriorityMinimum: pulumi.Int(100), VersionPriority: pulumi.Int(a.priority),
			InsecureSkipTLSVerify: pulumi.Bool(true),
			Service: &apiregistrationv1.ServiceReferenceArgs{
				Name: pulumi.String(Account), Namespace: pulumi.String(Namespace), Port: pulumi.Int(443),
			},
		},
	}
}

// deploymentArgs run two adapters: while a node is replaced, the other one answers.
func deploymentArgs(stack map[string]string) *appsv1.DeploymentArgs {
	selector := &metav1.LabelSelectorArgs{MatchLabels: pulumi.ToStringMap(selected)}
	return &appsv1.DeploymentArgs{
		Metadata: metadata(stack),
		Spec: &appsv1.DeploymentSpecArgs{
			Replicas: pulumi.Int(2),
			Selector: selector,
			Template: &corev1.PodTemplateSpecArgs{
				Metadata: &metav1.ObjectMetaArgs{Labels: pulumi.ToStringMap(selected)},
				Spec:     podSpec(selector),
			},
		},
	}
}

func podSpec(selector *metav1.LabelSelectorArgs) *corev1.PodSpecArgs {
	security := podsecurity.Pod(config.NonRoot)
	// It listens on a port below 1024 and is not root.
	security.Sysctls = corev1.SysctlArray{corev1.SysctlArgs{
		Name: pulumi.String("net.ipv4.ip_unprivileged_port_start"), Value: pulumi.String("0"),
	}}
	return &corev1.PodSpecArgs{
		ServiceAccountName: pulumi.String(Account),
		EnableServiceLinks: pulumi.Bool(false),
		SecurityContext:    security,
		TopologySpreadConstraints: corev1.TopologySpreadConstraintArray{corev1.TopologySpreadConstraintArgs{
			TopologyKey: pulumi.String("kubernetes.io/hostname"), MaxSkew: pulumi.Int(1),
			WhenUnsatisfiable: pulumi.String("ScheduleAnyway"), LabelSelector: selector,
		}},
		Containers: corev1.ContainerArray{container()},
		Volumes: corev1.VolumeArray{corev1.VolumeArgs{
			Name: pulumi.String("certificates"), EmptyDir: &corev1.EmptyDirVolumeSourceArgs{SizeLimit: pulumi.String("16Mi")},
		}},
	}
}

func container() corev1.ContainerArgs {
	amounts := pulumi.StringMap{"cpu": pulumi.String("250m"), "memory": pulumi.String("400Mi")}
	return corev1.ContainerArgs{
		Name:  pulumi.String("adapter"),
		Image: pulumi.String(image),
		Command: pulumi.ToStringArray([]string{
			"/adapter", "--use-new-resource-model=true", "--fallback-for-container-metrics=true", "--cert-dir=/certificates",
		}),
		Ports: corev1.ContainerPortArray{corev1.ContainerPortArgs{
			Name: pulumi.String("https"), ContainerPort: pulumi.Int(port), Protocol: pulumi.String("TCP"),
		}},
		// What the adapter last printed says why it ended.
		TerminationMessagePolicy: pulumi.String("FallbackToLogsOnError"),
		Resources:                &corev1.ResourceRequirementsArgs{Requests: amounts, Limits: amounts},
		SecurityContext:          podsecurity.Container(),
		VolumeMounts: corev1.VolumeMountArray{corev1.VolumeMountArgs{
			Name: pulumi.String("certificates"), MountPath: pulumi.String("/certificates"),
		}},
	}
}
