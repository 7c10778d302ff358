package cli

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// removeLocks removes the locks that pulumi processes have left that were killed.
func removeLocks(directory string) error {
	locks := filepath.Join(directory, "state", ".pulumi", "locks")
	return filepath.WalkDir(locks, func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // no lock, or no longer
		}
		if err != nil || entry.IsDir() || isHeld(path) {
			return err
		}
		if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	})
}

// isHeld reports whether the process that a lock names runs. A lock that names
// none was not written to its end.
func isHeld(path string) bool {
	text, err := os.ReadFile(path)
	if err != nil {
		return true // what cannot be read is left to the engine
	}
	var lock struct{ PID int }
	if err := json.Unmarshal(text, &lock); err != nil || lock.PID <= 0 {
		return false
	}
	return !errors.Is(syscall.Kill(lock.PID, 0), syscall.ESRCH)
}
