package tunnel

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/kubernetes/fake"
)

const address = "34.118.225.7"

func TestTheTunnelEndsAtAReadyPodThatIsPlayed(t *testing.T) {
	t.Parallel()
	at := serve(t, greet, true)
	for _, target := range []string{address + ":443", "10.4.0.9:4443"} {
		answer, rest := ask(t, at, target)
		if answer.StatusCode != http.StatusOK {
			t.Errorf("CONNECT %s: %s, want it accepted", target, answer.Status)
			continue
		}
		if greeting, err := io.ReadAll(rest); string(greeting) != "adapter-1:4443" || err != nil {
			t.Errorf("CONNECT %s leads to %q (%v), want port 4443 of the pod", target, greeting, err)
		}
	}
}

func TestTheTunnelRefusesWhatNothingListensOn(t *testing.T) {
	t.Parallel()
	deaf := func(context.Context, Backend) (func(net.Conn) error, error) {
		return nil, errors.New("connection refused")
	}
	for _, test := range []struct {
		target, want string
		play         Play
		ready        bool
	}{
		{address + ":80", "Service custom-metrics/adapter has no port 80", greet, true},
		{address + ":443", "Service custom-metrics/adapter has no ready endpoint for its port 443", greet, false},
		{address + ":443", "pod custom-metrics/adapter-1 port 4443: connection refused", deaf, true},
		{"34.118.225.8:443", "no Service and no pod has the address", greet, true},
		{"127.0.0.1:22", "no Service and no pod has the address", greet, true},
		{"adapter.custom-metrics.svc:443", "is no address and port", greet, true},
	} {
		answer, rest := ask(t, serve(t, test.play, test.ready), test.target)
		reason, err := io.ReadAll(rest)
		if answer.StatusCode < http.StatusBadRequest || err != nil || !strings.Contains(string(reason), test.want) {
			t.Errorf("CONNECT %s: %s: %s (%v), want %s", test.target, answer.Status, reason, err, test.want)
		}
	}
}

// greet tells which port of which pod a connection has come to.
func greet(_ context.Context, backend Backend) (func(net.Conn) error, error) {
	return func(connection net.Conn) error {
		_, err := fmt.Fprintf(connection, "%s:%d", backend.Pod.Name, backend.Port)
		return errors.Join(err, connection.Close())
	}, nil
}

// serve serves a tunnel to a cluster with a Service of one pod.
func serve(t *testing.T, play Play, ready bool) string {
	t.Helper()
	meta := metav1.ObjectMeta{Namespace: "custom-metrics", Name: "adapter", Labels: map[string]string{discoveryv1.LabelServiceName: "adapter"}}
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: meta.Namespace, Name: "adapter-1"}, Status: corev1.PodStatus{PodIP: "10.4.0.9"}}
	port, name := int32(4443), ""
	client := fake.NewClientset(pod,
		&corev1.Service{ObjectMeta: meta, Spec: corev1.ServiceSpec{
			ClusterIP: address, Ports: []corev1.ServicePort{{Port: 443, TargetPort: intstr.FromInt32(port)}},
		}},
		&discoveryv1.EndpointSlice{
			ObjectMeta: meta,
			Ports:      []discoveryv1.EndpointPort{{Name: &name, Port: &port}},
			Endpoints: []discoveryv1.Endpoint{{
				Conditions: discoveryv1.EndpointConditions{Ready: &ready},
				TargetRef:  &corev1.ObjectReference{Kind: "Pod", Namespace: meta.Namespace, Name: pod.Name},
			}},
		},
	)
	at := filepath.Join(t.TempDir(), "s")
	listener, err := net.Listen("unix", at)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, listener, client, play) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return at
}

// ask asks a tunnel for a connection. What follows the answer is in rest.
func ask(t *testing.T, at, target string) (answer *http.Response, rest io.Reader) {
	t.Helper()
	connection, err := net.Dial("unix", at)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() }) // the server may have closed it
	fmt.Fprintf(connection, "CONNECT %s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", target)
	reader := bufio.NewReader(connection)
	answer, err = http.ReadResponse(reader, &http.Request{Method: http.MethodConnect})
	if err != nil {
		t.Fatalf("CONNECT %s: %v", target, err)
	}
	if answer.StatusCode == http.StatusOK {
		return answer, reader
	}
	return answer, io.LimitReader(reader, answer.ContentLength)
}
