package controlplane

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
)

// outageFile is there while a cluster's API server is made unreachable.
const outageFile = "unreachable"

// Refuse stops the API server of the cluster and keeps it stopped, also for
// Create and Start, until Restore: who connects is refused. All else goes on, as
// when a region's control planes are down.
func (c Cluster) Refuse(ctx context.Context) error {
	return c.interrupt(ctx, func() error { return c.process(apiServer).stop(ctx) })
}

// Hang freezes the API server of the cluster until Restore: it takes connections
// and never answers. If it is started anew meanwhile, it refuses.
func (c Cluster) Hang(ctx context.Context) error {
	return c.interrupt(ctx, func() error {
		pid, running, err := c.process(apiServer).running()
		if err == nil && !running {
			err = errors.New("its API server does not run")
		}
		if err != nil {
			return err
		}
		return syscall.Kill(pid, syscall.SIGSTOP)
	})
}

// interrupt records that the API server is unreachable and makes it so.
func (c Cluster) interrupt(ctx context.Context, f func() error) error {
	unlock, err := c.hold(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	if err := f(); err != nil {
		return fmt.Errorf("cluster %s: %w", c.ID, err)
	}
	return os.WriteFile(c.file(outageFile), nil, secretFilePermissions)
}

// Restore ends an outage and waits until all of the cluster works. Its controllers
// are started anew, for they would take up to half a minute to try again; KWOK is
// not, for a new one would wait for the leases of the old one's nodes to end. It is
// no error if there is no outage.
func (c Cluster) Restore(ctx context.Context) error {
	unlock, err := c.hold(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	if err := os.Remove(c.file(outageFile)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	pid, running, err := c.process(apiServer).running()
	if running && err == nil {
		err = syscall.Kill(pid, syscall.SIGCONT)
	}
	if err == nil {
		err = stopAll(ctx, c.process(gkeControllers), c.process(scheduler), c.process(controllerManager))
	}
	if err == nil {
		err = c.start(ctx)
	}
	if err != nil {
		return fmt.Errorf("cluster %s: %w", c.ID, err)
	}
	return nil
}

// hold locks the cluster against being started, stopped or deleted, and returns
// the function that unlocks it. It fails for a cluster that was deleted.
func (c Cluster) hold(ctx context.Context) (unlock func(), err error) {
	unlock, err = lock(ctx, c.plane.lockFile(c.ID))
	if err != nil {
		return nil, fmt.Errorf("cluster %s: %w", c.ID, err)
	}
	_, found, err := c.plane.Get(c.ID)
	if err == nil && !found {
		err = fmt.Errorf("cluster %s was deleted", c.ID)
	}
	if err != nil {
		unlock()
		return nil, err
	}
	return unlock, nil
}

// Unreachable says whether the cluster's API server is made unreachable.
func (c Cluster) Unreachable() (bool, error) {
	_, err := os.Stat(c.file(outageFile))
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}
