package controlplane

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
)

// lockInterval is how often a taken lock is tried again.
const lockInterval = 50 * time.Millisecond

// lock locks a file against this and every other process and returns the
// function that unlocks it. It waits until ctx is done.
func lock(ctx context.Context, path string) (unlock func(), err error) {
	file, err := openLocked(ctx, path)
	if err != nil {
		return nil, err
	}
	return func() { file.Close() }, nil // nothing was written
}

// openLocked opens the file at path, which it makes if need be, and waits until
// it holds its lock or ctx is done. The lock belongs to the open file, not to
// the process: whoever inherits the file shares it, and it ends when the last
// of them closes it.
func openLocked(ctx context.Context, path string) (*os.File, error) {
	if err := os.MkdirAll(filepath.Dir(path), directoryPermissions); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, secretFilePermissions)
	if err != nil {
		return nil, err
	}
	err = wait.PollUntilContextCancel(ctx, lockInterval, true, func(context.Context) (bool, error) {
		return tryLock(file, syscall.LOCK_EX)
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock %s: %w", path, err), file.Close())
	}
	return file, nil
}

// tryLock locks an open file, exclusively or shared, and says whether it was
// free for that.
func tryLock(file *os.File, how int) (bool, error) {
	err := syscall.Flock(int(file.Fd()), how|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return false, nil
	}
	return err == nil, err
}
