package reach

import (
	"net/netip"
	"slices"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
)

func workload(namespace, name string, port int32) runtime.Object {
	replicas := int32(2)
	return &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name},
		Spec: appsv1.DeploymentSpec{Replicas: &replicas, Template: corev1.PodTemplateSpec{
			ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"app": name}},
			Spec: corev1.PodSpec{Containers: []corev1.Container{{
				Ports: []corev1.ContainerPort{{Name: "http", ContainerPort: port}},
			}}},
		}},
	}
}

func namespace(name string) runtime.Object {
	return &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
}

// policy lets one block in to all pods of a namespace, on the port of this name.
func policy(namespace, cidr, port string, except ...string) runtime.Object {
	named := intstr.FromString(port)
	return &networkingv1.NetworkPolicy{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: cidr},
		Spec: networkingv1.NetworkPolicySpec{
			PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeIngress},
			Ingress: []networkingv1.NetworkPolicyIngressRule{{
				From:  []networkingv1.NetworkPolicyPeer{{IPBlock: &networkingv1.IPBlock{CIDR: cidr, Except: except}}},
				Ports: []networkingv1.NetworkPolicyPort{{Port: &named}},
			}},
		},
	}
}

func TestRangesAreAllAddressesDividedByBlocksAndPrefixes(t *testing.T) {
	t.Parallel()
	cluster, err := New([]runtime.Object{
		workload("a", "chat", 8080), policy("a", "10.0.0.0/8", "http", "10.1.0.0/16"),
	}, []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, one := range cluster.Ranges {
		got = append(got, one.String())
	}
	want := []string{
		"0.0.0.0-9.255.255.255", "10.0.0.0-10.0.255.255", "10.1.0.0-10.1.255.255", "10.2.0.0-10.255.255.255",
		"11.0.0.0-192.0.1.255", "192.0.2.0-192.0.2.255", "192.0.3.0-255.255.255.255",
	}
	if !slices.Equal(got, want) {
		t.Errorf("ranges %q, want %q", got, want)
	}
}

func TestAPortsNameIsThatOfEachPodsOwn(t *testing.T) {
	t.Parallel()
	cluster, err := New([]runtime.Object{
		namespace("a"), namespace("b"),
		workload("a", "chat", 8080), workload("a", "embed", 8081), workload("b", "open", 8082), policy("a", "10.0.0.0/8", "http"),
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	// The range of the policy is the second one.
	for i, want := range [][]string{{"TCP 8080"}, {"TCP 8081"}, {Everything}} {
		got, err := cluster.Connections(cluster.Ranges[1], cluster.Workloads[i])
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("from %s to %s: %q, %v; want %q", cluster.Ranges[1], cluster.Workloads[i], got, err, want)
		}
	}
	if got, err := cluster.Connections(cluster.Workloads[2], cluster.Workloads[0]); err != nil || len(got) > 0 {
		t.Errorf("from another namespace: %q, %v; want nothing", got, err)
	}
}
