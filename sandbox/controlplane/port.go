package controlplane

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
)

// Ports are taken from a range below the one that systems give to outgoing
// connections, so that a stopped cluster finds its own still free.
const (
	firstPort    = 20000
	portCount    = 10000
	portAttempts = 1000
)

// freePorts returns n different ports of loopback that nothing listens on.
func freePorts(n int) ([]int, error) {
	found := make([]int, 0, n)
	for range portAttempts {
		port := firstPort + rand.IntN(portCount)
		listener, err := net.Listen("tcp", address(port))
		if err != nil {
			continue
		}
		defer listener.Close() // held only so that no port is found twice
		if found = append(found, port); len(found) == n {
			return found, nil
		}
	}
	return nil, errors.New("no free port on " + loopback)
}

// checkFree says what is wrong if something listens on a port.
func checkFree(port int) error {
	listener, err := net.Listen("tcp", address(port))
	if err != nil {
		return fmt.Errorf("%s, which this cluster keeps for itself, is taken by another program: %w", address(port), err)
	}
	return listener.Close()
}
