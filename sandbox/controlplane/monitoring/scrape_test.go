package monitoring

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

const (
	pod = `
metadata: {name: chat-1, namespace: chat, labels: {app: chat}}
spec: {containers: [{name: server, ports: [{name: http, containerPort: 8000}]}]}
status: {conditions: [{type: Ready, status: "True"}]}`
	asking = `
metadata: {namespace: chat}
spec: {selector: {matchLabels: {app: chat}}, endpoints: [{port: http}], targetLabels: {metadata: [pod]}}`
	closed = `
metadata: {namespace: chat}
spec: {podSelector: {}, policyTypes: [Ingress], ingress: [{from: [{podSelector: {}}]}]}`
	opened = `
metadata: {namespace: chat}
spec:
  podSelector: {matchLabels: {app: chat}}
  policyTypes: [Ingress]
  ingress:
  - from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: gmp-system}}}]
    ports: [{protocol: TCP, port: 8000}]`
)

func read[T any](t *testing.T, text string) T {
	t.Helper()
	var value T
	if err := yaml.Unmarshal([]byte(text), &value); err != nil {
		t.Fatal(err)
	}
	return value
}

func TestAPodIsScrapedThatIsAskedForAndReached(t *testing.T) {
	t.Parallel()
	for _, policies := range [][]string{nil, {opened}, {closed, opened}, {`{metadata: {namespace: other}, spec: {podSelector: {}}}`}} {
		if !isScraped(t, pod, asking, policies...) {
			t.Errorf("with the policies %q the pod is not scraped", policies)
		}
	}
}

func TestAPodIsNotScraped(t *testing.T) {
	t.Parallel()
	numbered := `{metadata: {namespace: chat}, spec: {selector: {}, endpoints: [{port: 9000}], targetLabels: {metadata: [pod]}}}`
	for name, test := range map[string]struct {
		pod, asking string
		policies    []string
	}{
		"that is not ready":                    {`{metadata: {namespace: chat, labels: {app: chat}}, spec: {containers: [{ports: [{name: http, containerPort: 8000}]}]}}`, asking, nil},
		"that no label selects":                {pod, `{metadata: {namespace: chat}, spec: {selector: {matchLabels: {app: embed}}, endpoints: [{port: http}], targetLabels: {metadata: [pod]}}}`, nil},
		"that another namespace asks for":      {pod, `{metadata: {namespace: other}, spec: {selector: {}, endpoints: [{port: http}], targetLabels: {metadata: [pod]}}}`, nil},
		"without a port of the name":           {pod, `{metadata: {namespace: chat}, spec: {selector: {}, endpoints: [{port: metrics}], targetLabels: {metadata: [pod]}}}`, nil},
		"without a port of the number":         {pod, numbered, nil},
		"whose values would not tell the pod":  {pod, `{metadata: {namespace: chat}, spec: {selector: {}, endpoints: [{port: http}], targetLabels: {metadata: [node]}}}`, nil},
		"that a policy closes":                 {pod, asking, []string{closed}},
		"that a policy opens on another port":  {pod, asking, []string{`{metadata: {namespace: chat}, spec: {podSelector: {}, ingress: [{ports: [{port: 9000}]}]}}`}},
		"that a policy opens for UDP":          {pod, asking, []string{`{metadata: {namespace: chat}, spec: {podSelector: {}, ingress: [{ports: [{port: 8000, protocol: UDP}]}]}}`}},
		"that a policy opens for addresses":    {pod, asking, []string{`{metadata: {namespace: chat}, spec: {podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0}}]}]}}`}},
		"that a policy opens for other pods":   {pod, asking, []string{`{metadata: {namespace: chat}, spec: {podSelector: {}, ingress: [{from: [{namespaceSelector: {}, podSelector: {matchLabels: {app: gateway}}}]}]}}`}},
		"that a policy opens for another name": {pod, asking, []string{`{metadata: {namespace: chat}, spec: {podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}}]}]}}`}},
	} {
		if isScraped(t, test.pod, test.asking, test.policies...) {
			t.Errorf("a pod %s is scraped", name)
		}
	}
}

func isScraped(t *testing.T, pod, asking string, policies ...string) bool {
	t.Helper()
	subject := read[corev1.Pod](t, pod)
	var all []networkingv1.NetworkPolicy
	for _, text := range policies {
		all = append(all, read[networkingv1.NetworkPolicy](t, text))
	}
	return scraped(&subject, []podMonitoring{read[podMonitoring](t, asking)}, all)
}

func TestAPodThatIsBeingDeletedIsNotReady(t *testing.T) {
	t.Parallel()
	subject := read[corev1.Pod](t, pod)
	now := metav1.Now()
	subject.DeletionTimestamp = &now
	if IsReady(&subject) {
		t.Error("it is ready")
	}
}
