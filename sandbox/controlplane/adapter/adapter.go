package adapter

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"ai-serving/sandbox/controlplane/monitoring"
	"ai-serving/sandbox/controlplane/tunnel"
)

// crashWait is how long a container that has ended is not started again: the kubelet's
// first wait, see kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy.
const crashWait = 10 * time.Second

// watchRetry is the wait before a watch that failed is begun again.
const watchRetry = time.Second

// Player plays the adapters of a cluster: one for each pod that would run it, from the
// first connection on until the pod goes.
type Player struct {
	Client     kubernetes.Interface // with full rights
	Cluster    clientcmdapi.Cluster // where the API server is
	Monitoring monitoring.Monitoring
	// Directory holds what the pods would have in their volumes.
	Directory string

	mutex   sync.Mutex
	running map[types.UID]*server
	crashed map[types.UID]crash
}

// crash is the end of an adapter.
type crash struct {
	at  time.Time
	err error
}

// Play is a [tunnel.Play].
func (p *Player) Play(ctx context.Context, backend tunnel.Backend) (func(net.Conn) error, error) {
	pod := backend.Pod
	started, err := programOf(pod)
	if err != nil {
		return nil, err
	}
	if !monitoring.IsReady(pod) {
		return nil, errors.New("connection refused: the pod is not ready")
	}
	if port := started.base.SecureServing.BindPort; int(backend.Port) != port {
		return nil, fmt.Errorf("connection refused: the adapter listens on %d: give --secure-port, or the Service another target port", port)
	}
	if err := p.isReached(ctx, backend); err != nil {
		return nil, err
	}
	running, err := p.start(ctx, pod, started)
	if err != nil {
		return nil, err
	}
	return running.listener.give, nil
}

// konnectivity are the pods that connections from the control plane come from.
// Inferred: GKE runs them in the pods' network, and no document says more of policies.
var konnectivity = monitoring.Sender{
	Namespace: map[string]string{corev1.LabelMetadataName: metav1.NamespaceSystem},
	Pod:       map[string]string{"k8s-app": "konnectivity-agent"},
}

// isReached says what is wrong if a network policy keeps the control plane out.
func (p *Player) isReached(ctx context.Context, backend tunnel.Backend) error {
	policies, err := p.Client.NetworkingV1().NetworkPolicies(backend.Pod.Namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	if !monitoring.Admitted(backend.Pod, backend.Port, konnectivity, policies.Items) {
		return fmt.Errorf("i/o timeout: no network policy of %s admits the control plane, which comes by pods of %s", backend.Pod.Namespace, metav1.NamespaceSystem)
	}
	return nil
}

// start gives the pod's adapter, which it starts if it does not run.
func (p *Player) start(ctx context.Context, pod *corev1.Pod, started *program) (*server, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if running := p.running[pod.UID]; running != nil {
		return running, nil
	}
	if last, crashed := p.crashed[pod.UID]; crashed && time.Since(last.at) < crashWait {
		return nil, fmt.Errorf("connection refused: the adapter has ended: %w", last.err)
	}
	owner := account{p.Client, pod, filepath.Join(p.Directory, string(pod.UID))}
	running, err := p.serve(ctx, owner, started)
	if err != nil {
		p.note(pod.UID, err)
		return nil, fmt.Errorf("connection refused: the adapter has ended: %w", errors.Join(err, os.RemoveAll(owner.directory)))
	}
	if p.running == nil {
		p.running = map[types.UID]*server{}
	}
	p.running[pod.UID] = running
	go p.keep(ctx, owner, running)
	return running, nil
}

func (p *Player) serve(ctx context.Context, owner account, started *program) (*server, error) {
	kubeconfig, err := owner.write(ctx, p.Cluster)
	if err != nil {
		return nil, err
	}
	return started.server(kubeconfig, p.Monitoring)
}

// keep runs an adapter as long as its pod is ready.
func (p *Player) keep(ctx context.Context, owner account, running *server) {
	alive, end := context.WithCancel(ctx)
	defer end()
	var group errgroup.Group
	for _, run := range []func(context.Context) error{
		running.run, owner.keep,
		func(ctx context.Context) error { return p.await(ctx, owner.pod) },
	} {
		group.Go(func() error {
			defer end() // one of them is not without the others
			return run(alive)
		})
	}
	err := group.Wait()
	p.mutex.Lock()
	defer p.mutex.Unlock()
	delete(p.running, owner.pod.UID)
	if err != nil {
		p.note(owner.pod.UID, err)
		slog.WarnContext(ctx, "adapter of custom metrics ended", "namespace", owner.pod.Namespace, "pod", owner.pod.Name, "error", err)
	}
	if err := os.RemoveAll(owner.directory); err != nil {
		slog.WarnContext(ctx, "remove what a pod left", "pod", owner.pod.Name, "error", err)
	}
}

// note remembers that an adapter has ended. Only the holder of the mutex may call it.
func (p *Player) note(uid types.UID, err error) {
	if p.crashed == nil {
		p.crashed = map[types.UID]crash{}
	}
	p.crashed[uid] = crash{time.Now(), err}
}

// await returns when a pod is gone, or not ready any more.
func (p *Player) await(ctx context.Context, pod *corev1.Pod) error {
	for ctx.Err() == nil {
		gone, err := p.follow(ctx, pod)
		if gone {
			return nil
		}
		if err != nil {
			slog.DebugContext(ctx, "watch the adapter's pod", "error", err)
			select {
			case <-ctx.Done():
			case <-time.After(watchRetry):
			}
		}
	}
	return nil
}

// follow watches a pod once, until it is gone or the watch ends.
func (p *Player) follow(ctx context.Context, pod *corev1.Pod) (gone bool, err error) {
	all := p.Client.CoreV1().Pods(pod.Namespace)
	present, err := all.Get(ctx, pod.Name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	if present.UID != pod.UID || !monitoring.IsReady(present) {
		return true, nil
	}
	watching, err := all.Watch(ctx, metav1.ListOptions{
		FieldSelector:   fields.OneTermEqualSelector(metav1.ObjectNameField, pod.Name).String(),
		ResourceVersion: present.ResourceVersion,
	})
	if err != nil {
		return false, err
	}
	defer watching.Stop()
	for event := range watching.ResultChan() {
		changed, is := event.Object.(*corev1.Pod)
		if event.Type == watch.Deleted || is && !monitoring.IsReady(changed) {
			return true, nil
		}
		if !is {
			return false, apierrors.FromObject(event.Object)
		}
	}
	return false, nil
}
