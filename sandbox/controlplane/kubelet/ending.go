package kubelet

import (
	"fmt"
	"strconv"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// DrainAnnotation says of a pod how many seconds its servers take to end after SIGTERM, when
// their responses are finished. Without it a server does not handle the signal, which ends
// it at once. One that is to ignore the signal takes longer than the pod's grace.
const DrainAnnotation = "sandbox.ai-serving/drain-seconds"

// window is what a container has from SIGTERM on, though its hook has used up the grace:
// minimumGracePeriodInSeconds in k8s.io/kubernetes, pkg/kubelet/kuberuntime.
const window = 2 * time.Second

// What a container ends with: by itself, or by a signal, whose number is added to 128.
const (
	ended      = 0
	terminated = 128 + 15
	killed     = 128 + 9
)

// ending is what happens to a container of a pod that is deleted. The times are counted
// from when the kubelet learns of the deletion.
type ending struct {
	// signal is when SIGTERM comes, after the hook.
	signal time.Duration
	// exit is when the server has ended, by itself or killed.
	exit time.Duration
	code int32
}

// endingOf follows killContainer in k8s.io/kubernetes, pkg/kubelet/kuberuntime. The hook
// counts within the grace, and is cut off where that is over. Of hooks, only sleep takes
// time.
func endingOf(pod *corev1.Pod, container corev1.Container) (ending, error) {
	grace := graceOf(pod)
	signal := min(hookOf(container), grace)
	left := max(grace-signal, window)
	drain, handles, err := drainOf(pod)
	switch {
	case err != nil:
		return ending{}, err
	case !handles:
		return ending{signal, signal, terminated}, nil
	case drain > left:
		return ending{signal, signal + left, killed}, nil
	}
	return ending{signal, signal + drain, ended}, nil
}

// graceOf is what the deletion gives a pod, which may be less than the pod asks for.
func graceOf(pod *corev1.Pod) time.Duration {
	if seconds := pod.DeletionGracePeriodSeconds; seconds != nil {
		return time.Duration(*seconds) * time.Second
	}
	return 0
}

func hookOf(container corev1.Container) time.Duration {
	lifecycle := container.Lifecycle
	if lifecycle == nil || lifecycle.PreStop == nil || lifecycle.PreStop.Sleep == nil {
		return 0
	}
	return time.Duration(lifecycle.PreStop.Sleep.Seconds) * time.Second
}

// drainOf is how long a pod's servers take after SIGTERM, if they handle it.
func drainOf(pod *corev1.Pod) (drain time.Duration, handles bool, err error) {
	text, handles := pod.Annotations[DrainAnnotation]
	if !handles {
		return 0, false, nil
	}
	seconds, err := strconv.ParseFloat(text, 64)
	if err != nil || !(seconds >= 0 && seconds <= longest.Seconds()) {
		return 0, true, fmt.Errorf("annotation %s: %q is no number of seconds from 0 to %.0f", DrainAnnotation, text, longest.Seconds())
	}
	return time.Duration(seconds * float64(time.Second)), true, nil
}

// longest is as long as any server may take to end.
const longest = 30 * 24 * time.Hour
