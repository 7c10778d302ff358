package adapter_test

import (
	"context"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

const question = "/apis/custom.metrics.k8s.io/v1beta2/namespaces/pool/pods/%2A/prometheus.googleapis.com%7Cllamacpp:requests_deferred%7Cgauge"

// TestTheAdapterHasTheRightsOfItsAccount: what its bindings do not grant, it cannot do.
func TestTheAdapterHasTheRightsOfItsAccount(t *testing.T) {
	t.Parallel()
	c := start(t)
	client := c.as(t, "system:serviceaccount:kube-system:horizontal-pod-autoscaler")
	c.tell(t, pool, "each:7")
	c.apply(t, workload(t, pool))
	reading, asking, listing := "RoleBinding/custom-metrics-auth-reader", "ClusterRoleBinding/custom-metrics:system:auth-delegator", "ClusterRoleBinding/custom-metrics-resource-reader"

	c.apply(t, metricsAdapter(t, reading, asking, listing))
	c.expectAnswer(t, client, "the server is currently unable to handle the request")
	c.apply(t, metricsAdapter(t, asking, listing))
	c.expectAnswer(t, client, "subjectaccessreviews.authorization.k8s.io is forbidden") // it may not ask who may do what
	c.apply(t, metricsAdapter(t, listing))
	c.expectAnswer(t, client, "pods is forbidden")
	c.apply(t, metricsAdapter(t))
	c.expectAnswer(t, client, `"value":"7"`)

	// Somebody who may not ask the adapter learns nothing from it.
	c.expectAnswer(t, c.as(t, "somebody"), "somebody")

	// What the adapter has answered once is no answer when its pods are gone.
	err := c.client.AppsV1().Deployments("custom-metrics").Delete(t.Context(), "custom-metrics-stackdriver-adapter", metav1.DeleteOptions{})
	if err != nil {
		t.Fatal(err)
	}
	c.expectAnswer(t, client, "the server is currently unable to handle the request")
}

// as is a client of the API server in another's name.
func (c cluster) as(t *testing.T, user string) kubernetes.Interface {
	t.Helper()
	config, err := clientcmd.BuildConfigFromFlags("", c.Kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	config.Impersonate = rest.ImpersonationConfig{UserName: user, Groups: []string{"system:authenticated"}}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// expectAnswer asks for the waiting requests until the answer, or the refusal, has a part.
func (c cluster) expectAnswer(t *testing.T, client kubernetes.Interface, part string) {
	t.Helper()
	eventually(t, "the answer "+part, func(ctx context.Context) (string, bool) {
		ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		raw, err := client.Discovery().RESTClient().Get().RequestURI(question).DoRaw(ctx)
		answer := string(raw)
		if err != nil {
			answer += " " + err.Error()
		}
		return answer, strings.Contains(answer, part)
	})
}
