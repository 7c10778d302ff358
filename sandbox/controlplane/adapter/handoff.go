package adapter

import (
	"net"
	"sync"
)

// handoff is a listener that accepts the connections which it is given: the adapter
// listens on no port of this machine.
type handoff struct {
	address net.TCPAddr
	given   chan net.Conn

	mutex sync.Mutex
	open  map[net.Conn]bool
	// ended says that no connection is given any more, and closed that none is accepted.
	ended, closed chan struct{}
}

func newHandoff(port int) *handoff {
	return &handoff{
		address: net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port},
		given:   make(chan net.Conn), open: map[net.Conn]bool{}, ended: make(chan struct{}), closed: make(chan struct{}),
	}
}

// give waits until the server accepts a connection.
func (h *handoff) give(connection net.Conn) error {
	h.mutex.Lock()
	if isClosed(h.ended) {
		h.mutex.Unlock()
		return net.ErrClosed
	}
	tracked := &trackedConn{connection, h}
	h.open[tracked] = true
	h.mutex.Unlock()
	select {
	case h.given <- tracked:
		return nil
	case <-h.ended:
		return net.ErrClosed
	}
}

// Accept is of [net.Listener].
func (h *handoff) Accept() (net.Conn, error) {
	select {
	case connection := <-h.given:
		return connection, nil
	case <-h.closed:
		return nil, net.ErrClosed
	}
}

// end ends all connections, as the end of a pod does, and takes no more of them. Accept
// goes on waiting: the API server's library panics where a listener fails before the
// library itself has closed it.
// Source: k8s.io/apiserver, pkg/server/secure_serving.go, RunServer.
func (h *handoff) end() {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if isClosed(h.ended) {
		return
	}
	close(h.ended)
	for connection := range h.open {
		_ = connection.(*trackedConn).Conn.Close() // their users learn it
	}
	clear(h.open)
}

// Close is of [net.Listener]. It ends all connections, too.
func (h *handoff) Close() error {
	h.end()
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if !isClosed(h.closed) {
		close(h.closed)
	}
	return nil
}

func isClosed(channel <-chan struct{}) bool {
	select {
	case <-channel:
		return true
	default:
		return false
	}
}

// Addr is of [net.Listener].
func (h *handoff) Addr() net.Addr { return &h.address }

// trackedConn is forgotten when it is closed.
type trackedConn struct {
	net.Conn
	of *handoff
}

func (c *trackedConn) Close() error {
	c.of.mutex.Lock()
	delete(c.of.open, c)
	c.of.mutex.Unlock()
	return c.Conn.Close()
}
