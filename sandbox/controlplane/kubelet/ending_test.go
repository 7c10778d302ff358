package kubelet

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// deleted is a pod with so much grace; drain is its annotation, "" for none.
func deleted(grace int64, drain string) *corev1.Pod {
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "pool", Name: "chat", UID: "1", DeletionGracePeriodSeconds: &grace}}
	if drain != "" {
		pod.Annotations = map[string]string{DrainAnnotation: drain}
	}
	return pod
}

// server is a container with a hook that sleeps for so long; 0 is for none.
func server(hook int64) corev1.Container {
	container := corev1.Container{Name: "server"}
	if hook > 0 {
		container.Lifecycle = &corev1.Lifecycle{PreStop: &corev1.LifecycleHandler{Sleep: &corev1.SleepAction{Seconds: hook}}}
	}
	return container
}

func TestTheEndOfAContainer(t *testing.T) {
	t.Parallel()
	const second = time.Second
	for name, test := range map[string]struct {
		grace, hook int64
		drain       string
		want        ending
	}{
		"by the signal at once":                       {grace: 30, want: ending{0, 0, 143}},
		"by the signal after the hook":                {grace: 30, hook: 20, want: ending{20 * second, 20 * second, 143}},
		"by itself":                                   {grace: 335, hook: 20, drain: "300", want: ending{20 * second, 320 * second, 0}},
		"by itself at the last moment":                {grace: 335, hook: 20, drain: "315", want: ending{20 * second, 335 * second, 0}},
		"by the kill":                                 {grace: 335, hook: 20, drain: "315.5", want: ending{20 * second, 335 * second, 137}},
		"by the kill without a hook":                  {grace: 30, drain: "3600", want: ending{0, 30 * second, 137}},
		"two seconds after a hook that took it all":   {grace: 30, hook: 30, drain: "3600", want: ending{30 * second, 32 * second, 137}},
		"two seconds after a hook that was cut off":   {grace: 10, hook: 20, drain: "3600", want: ending{10 * second, 12 * second, 137}},
		"by itself after a hook that was cut off":     {grace: 10, hook: 20, drain: "1.5", want: ending{10 * second, 11500 * time.Millisecond, 0}},
		"two seconds after a hook that left just one": {grace: 30, hook: 29, drain: "3600", want: ending{29 * second, 31 * second, 137}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := endingOf(deleted(test.grace, test.drain), server(test.hook))
			if err != nil || got != test.want {
				t.Errorf("ending %v, %v; want %v", got, err, test.want)
			}
		})
	}
}

func TestAnAnnotationThatIsNoNumberOfSecondsIsRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"never", "-1", "NaN", "5s", "1e12"} {
		_, err := endingOf(deleted(30, text), server(0))
		want := `annotation sandbox.ai-serving/drain-seconds: "` + text + `" is no number of seconds from 0 to 2592000`
		if err == nil || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}
