package adapter

import (
	"errors"
	"net"
	"testing"
	"time"
)

// What has ended takes no connections, and does not fail before it is closed.
func TestAListenerThatHasEndedWaitsUntilItIsClosed(t *testing.T) {
	t.Parallel()
	h := newHandoff(443)
	accepted := make(chan error, 2)
	accept := func() { _, err := h.Accept(); accepted <- err }
	go accept()
	ours, theirs := net.Pipe()
	if err := h.give(theirs); err != nil {
		t.Fatal(err)
	}
	if err := <-accepted; err != nil {
		t.Fatal(err)
	}
	go accept()
	h.end()
	if _, err := ours.Read(make([]byte, 1)); err == nil {
		t.Error("a connection goes on")
	}
	if err := h.give(theirs); !errors.Is(err, net.ErrClosed) {
		t.Errorf("a connection after the end: %v, want %v", err, net.ErrClosed)
	}
	select {
	case err := <-accepted:
		t.Errorf("the listener fails before it is closed: %v", err)
	case <-time.After(20 * time.Millisecond):
	}
	for range 2 {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := <-accepted; !errors.Is(err, net.ErrClosed) {
		t.Errorf("a listener that is closed = %v, want %v", err, net.ErrClosed)
	}
}
