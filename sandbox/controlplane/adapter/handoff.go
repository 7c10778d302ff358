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

	mutex  sync.Mutex
	open   map[net.Conn]bool
	closed chan struct{}
}

func newHandoff(port int) *handoff {
	return &handoff{
		address: net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port},
		given:   make(chan net.Conn), open: map[net.Conn]bool{}, closed: make(chan struct{}),
	}
}

// give waits until the server accepts a connection.
func (h *handoff) give(connection net.Conn) error {
	h.mutex.Lock()
	select {
	case <-h.closed:
		h.mutex.Unlock()
		return net.ErrClosed
	default:
	}
	tracked := &trackedConn{connection, h}
	h.open[tracked] = true
	h.mutex.Unlock()
	select {
	case h.given <- tracked:
		return nil
	case <-h.closed:
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

// Close is of [net.Listener]. It ends all connections, too, as the end of a pod does.
func (h *handoff) Close() error {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	select {
	case <-h.closed:
		return nil
	default:
	}
	close(h.closed)
	for connection := range h.open {
		_ = connection.(*trackedConn).Conn.Close() // their users learn it
	}
	clear(h.open)
	return nil
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
