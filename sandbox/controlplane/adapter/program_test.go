package adapter

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

const token = `volumeMounts: [{name: token, mountPath: /var/run/secrets/kubernetes.io/serviceaccount, readOnly: true}, {name: certificates, mountPath: /certificates}]`

func TestTheAdapterStarts(t *testing.T) {
	t.Parallel()
	for text, port := range map[string]int{
		`{containers: [{image: "` + Image + `:v0.15.1-gke.0", command: [/adapter, --use-new-resource-model=true], ` + token + `}]}`:                                                                      443,
		`{containers: [{image: "` + Image + `@sha256:00", command: [/adapter], args: [--secure-port=4443, -v=2, --logtostderr=true], ` + token + `}]}`:                                                   4443,
		`{securityContext: {runAsUser: 65532}, containers: [{image: "` + Image + `", command: [/adapter, --cert-dir=/certificates/a], securityContext: {readOnlyRootFilesystem: true}, ` + token + `}]}`: 443,
		`{securityContext: {runAsUser: 65532}, containers: [{image: "` + Image + `", command: [/adapter, --cert-dir=/tmp], ` + token + `}]}`:                                                             443,
	} {
		started, err := programOf(podOf(t, text))
		if err != nil {
			t.Errorf("%s: %v", text, err)
		} else if got := started.base.SecureServing.BindPort; got != port {
			t.Errorf("%s: listens on %d, want %d", text, got, port)
		}
	}
}

func TestTheAdapterDoesNotStart(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{containers: [{image: "registry.example.com/vllm:1"}]}`:                                                                        "no container has the image",
		`{containers: [{image: "` + Image + `-other:1", command: [/adapter], ` + token + `}]}`:                                          "no container has the image",
		`{containers: [{image: "` + Image + `", ` + token + `}]}`:                                                                       "give the command /adapter",
		`{containers: [{image: "` + Image + `", args: [--use-new-resource-model=true], ` + token + `}]}`:                                "give the command /adapter",
		`{containers: [{image: "` + Image + `", command: [/adapter, --use-new-model], ` + token + `}]}`:                                 "unknown flag: --use-new-model",
		`{containers: [{image: "` + Image + `", command: [/adapter]}]}`:                                                                 "mounts no token",
		`{containers: [{image: "` + Image + `", command: [/adapter], securityContext: {readOnlyRootFilesystem: true}, ` + token + `}]}`: "mkdir apiserver.local.config/certificates",
		`{securityContext: {runAsUser: 65532}, containers: [{image: "` + Image + `", command: [/adapter], ` + token + `}]}`:             "mkdir apiserver.local.config/certificates",
	} {
		if _, err := programOf(podOf(t, text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

func podOf(t *testing.T, text string) *corev1.Pod {
	t.Helper()
	pod := &corev1.Pod{}
	if err := yaml.UnmarshalStrict([]byte(text), &pod.Spec); err != nil {
		t.Fatal(err)
	}
	return pod
}
