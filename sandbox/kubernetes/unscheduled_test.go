package kubernetes

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	corev1 "k8s.io/api/core/v1"
	quantity "k8s.io/apimachinery/pkg/api/resource"
)

// requesting makes the pods of [web] request an amount of CPU.
func requesting(cpu string) func(_, _, container object) {
	return func(_, _, container object) {
		container["resources"] = object{"requests": object{"cpu": cpu}}
	}
}

// said is a log that keeps what is written to it.
type said struct {
	mutex              sync.Mutex
	messages, statuses []string
}

func (s *said) Log(_ context.Context, severity diag.Severity, _ resource.URN, message string) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.messages = append(s.messages, string(severity)+": "+message)
	return nil
}

func (s *said) LogStatus(_ context.Context, _ diag.Severity, _ resource.URN, message string) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.statuses = append(s.statuses, message)
	return nil
}

func mentions(messages []string, want ...string) bool {
	return slices.ContainsFunc(messages, func(message string) bool {
		return !slices.ContainsFunc(want, func(part string) bool { return !strings.Contains(message, part) })
	})
}

func TestWhyAPodHasNoNodeIsSaidAtOnce(t *testing.T) {
	p := newProgram(t, nil)
	var log said
	p.Provider.log, p.patience.warn = &log, time.Second
	_, err := p.tryUp(deployment, annotated(web(1, requesting("64")), annotationTimeoutSeconds, "5"))
	if _, unready := initFailure(err); !unready {
		t.Fatalf("Create = %v; want a resource that is there and not ready", err)
	}
	if !mentions(log.statuses, "1 of its pods have no node: ", "Insufficient cpu") {
		t.Errorf("beside the resource: %q; want what the scheduler says", log.statuses)
	}
	if !mentions(log.messages, "warning: 1 of its pods have no node: ", "Insufficient cpu", "what to do: no node has the room") {
		t.Errorf("messages: %q; want a warning of what the scheduler says", log.messages)
	}
}

func TestTheWaitForAPodThatNoNodeCouldTakeIsGivenUp(t *testing.T) {
	p := newProgram(t, nil)
	p.patience.giveUp = time.Second
	begin := time.Now()
	_, err := p.tryUp(deployment, annotated(web(1, requesting("64")), annotationTimeoutSeconds, "600"))
	for _, want := range []string{"was given up: pod web-", "it fits on no node that it may run on, not even on an empty one", "Insufficient cpu", "what to do: no node has the room"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error lacks %q:\n%v", want, err)
		}
	}
	if waited := time.Since(begin); waited > 2*time.Minute {
		t.Errorf("it waited %s of 10 minutes", waited)
	}
}

func TestWhichPodsFitNowhere(t *testing.T) {
	p := newProgram(t, nil)
	for name, test := range map[string]struct {
		cpu      string
		selector map[string]string
		want     bool
	}{
		"one that an empty node takes":                   {"3", nil, false},
		"one as large as a node, where agents run too":   {"4", nil, true},
		"one larger than all nodes":                      {"64", nil, true},
		"one whose pool has no node that shows its size": {"64", map[string]string{"pool": "empty"}, false},
	} {
		pod := corev1.Pod{Spec: corev1.PodSpec{
			NodeSelector: test.selector,
			Containers: []corev1.Container{{Resources: corev1.ResourceRequirements{
				Requests: corev1.ResourceList{corev1.ResourceCPU: quantity.MustParse(test.cpu)},
			}}},
		}}
		// The agents come to the nodes a moment after these.
		got := p.fitsNowhere(t.Context(), pod)
		for begin := time.Now(); got != test.want && time.Since(begin) < time.Minute; time.Sleep(100 * time.Millisecond) {
			got = p.fitsNowhere(t.Context(), pod)
		}
		if got != test.want {
			t.Errorf("%s: fits nowhere is %t, want %t", name, got, test.want)
		}
	}
}
