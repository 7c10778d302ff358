// Package tunnel carries a cluster's API server to its pods, as Konnectivity does in GKE:
// the server reaches Services, and pods themselves, only through a proxy of the HTTP
// method CONNECT. See kubernetes.io/docs/tasks/extend-kubernetes/setup-konnectivity.
//
// The sandbox's pods run nothing. So a connection is refused, as by a pod that listens on
// no such port, unless somebody plays what the pod runs.
package tunnel

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"

	"k8s.io/client-go/kubernetes"
)

// Play takes a connection over that the API server has opened to a pod, or says why the
// pod does not answer. The context ends with the tunnel.
type Play func(ctx context.Context, backend Backend) (take func(net.Conn) error, err error)

const (
	// established is the answer to a CONNECT that is granted: RFC 9110, section 9.3.6.
	established = "HTTP/1.1 200 Connection established\r\n\r\n"
	// headerTimeout is what a client has for its request.
	headerTimeout = 10 * time.Second
)

// Serve answers on the listener until ctx is done.
func Serve(ctx context.Context, listener net.Listener, client kubernetes.Interface, play Play) error {
	server := &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if status, err := connect(ctx, w, r, client, play); err != nil {
				slog.DebugContext(ctx, "refused", "target", r.RequestURI, "error", err)
				http.Error(w, err.Error(), status)
			}
		}),
		ReadHeaderTimeout: headerTimeout,
	}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() }) // it is being ended anyway
	defer stop()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("tunnel: %w", err)
	}
	return nil
}

// connect gives a connection to who plays its target. The error says why nobody does.
func connect(ctx context.Context, w http.ResponseWriter, r *http.Request, client kubernetes.Interface, play Play) (status int, err error) {
	if r.Method != http.MethodConnect {
		return http.StatusMethodNotAllowed, fmt.Errorf("method %s: the tunnel takes CONNECT alone", r.Method)
	}
	target, err := netip.ParseAddrPort(r.URL.Host)
	if err != nil {
		return http.StatusBadRequest, fmt.Errorf("target %q is no address and port: %w", r.URL.Host, err)
	}
	backends, err := Resolve(r.Context(), client, target)
	if err != nil {
		return http.StatusBadGateway, fmt.Errorf("dial %s: %w", target, err)
	}
	var failures []error
	for _, backend := range backends {
		take, err := play(ctx, backend)
		if err != nil {
			failures = append(failures, fmt.Errorf("pod %s/%s port %d: %w", backend.Pod.Namespace, backend.Pod.Name, backend.Port, err))
			continue
		}
		return http.StatusBadGateway, hand(w, take)
	}
	return http.StatusBadGateway, fmt.Errorf("dial %s: %w", target, errors.Join(failures...))
}

// hand gives the connection of a request away.
func hand(w http.ResponseWriter, take func(net.Conn) error) error {
	connection, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return err
	}
	// From here on, the client is told of failures by the end of the connection.
	_, err = io.WriteString(connection, established)
	if err == nil {
		err = connection.SetDeadline(time.Time{})
	}
	if err == nil {
		err = take(connection)
	}
	if err != nil {
		_ = connection.Close() // nobody uses it
	}
	return nil
}
