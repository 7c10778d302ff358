// Package podsecurity is the restricted Pod Security Standard: the labels of namespaces
// that enforce it, and the settings of pods and containers that meet it.
// See kubernetes.io/docs/concepts/security/pod-security-standards.
package podsecurity

import (
	"maps"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Labels are a namespace's, with those that make it admit only pods that meet the
// standard.
func Labels(own map[string]string) map[string]string {
	labels := map[string]string{
		"pod-security.kubernetes.io/enforce": "restricted",
		"pod-security.kubernetes.io/warn":    "restricted",
	}
	maps.Copy(labels, own)
	return labels
}

// Pod runs the containers of a pod as a user, and a group of the same number.
func Pod(user int) *corev1.PodSecurityContextArgs {
	return &corev1.PodSecurityContextArgs{
		RunAsNonRoot:   pulumi.Bool(true),
		RunAsUser:      pulumi.Int(user),
		RunAsGroup:     pulumi.Int(user),
		SeccompProfile: &corev1.SeccompProfileArgs{Type: pulumi.String("RuntimeDefault")},
	}
}

// Container takes all capabilities from a container, and makes its root read-only, which
// the standard does not ask for.
func Container() *corev1.SecurityContextArgs {
	return &corev1.SecurityContextArgs{
		AllowPrivilegeEscalation: pulumi.Bool(false),
		ReadOnlyRootFilesystem:   pulumi.Bool(true),
		Capabilities:             &corev1.CapabilitiesArgs{Drop: pulumi.StringArray{pulumi.String("ALL")}},
	}
}
