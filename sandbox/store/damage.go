package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"
	bbolterrors "go.etcd.io/bbolt/errors"
)

// Check reports stores of the sandbox with this home that are damaged.
func Check(home string) error {
	paths, err := files(home)
	if err != nil {
		return err
	}
	for _, path := range paths {
		if err := At(path).View(func(Tx) error { return nil }); err != nil {
			return err
		}
	}
	return nil
}

// Whole says what is wrong with a file of bbolt that is empty or was cut off: to
// read a page that the file does not have is a fault that ends the process.
func Whole(path string) error {
	db, err := openWhole(path)
	if err != nil {
		return err
	}
	return db.Close()
}

// openWhole opens a file of bbolt to read, if it is whole.
func openWhole(path string) (*bbolt.DB, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() == 0 {
		return nil, errors.New("it is empty")
	}
	db, err := bbolt.Open(path, filePermissions, &bbolt.Options{Timeout: lockTimeout, ReadOnly: true})
	if err != nil {
		return nil, err
	}
	if err := checkSize(db, path); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// files are the stores of a sandbox.
func files(home string) ([]string, error) {
	directory := filepath.Join(home, "stores")
	names, err := fs.Glob(os.DirFS(directory), "*.db")
	paths := make([]string, 0, len(names))
	for _, name := range names {
		paths = append(paths, filepath.Join(directory, name))
	}
	return paths, err
}

// failure says what is wrong with a store, and what to do about it.
func (s Store) failure(err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("store %s: %w", s.path, err)
	case errors.Is(err, bbolterrors.ErrTimeout):
		return fmt.Errorf("store %s: another process has held its lock for %s", s.path, lockTimeout)
	}
	return fmt.Errorf("store %s is damaged: %w: there is no copy of it: start again with make clean", s.path, err)
}

// create makes an empty store. A file of a store is never without its first pages,
// not even when this process is killed: one that is empty is damaged.
func (s Store) create() error {
	if err := os.MkdirAll(filepath.Dir(s.path), 0o755); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(s.path), filepath.Base(s.path)+".new")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name()) // the store has another name by then
	if err := file.Close(); err != nil {
		return err
	}
	db, err := bbolt.Open(file.Name(), filePermissions, &bbolt.Options{Timeout: lockTimeout})
	if err != nil {
		return err
	}
	if err := db.Close(); err != nil {
		return err
	}
	if err := os.Link(file.Name(), s.path); !errors.Is(err, fs.ErrExist) { // else another process was first
		return err
	}
	return nil
}

// checkSize reports an open file that does not have all of its pages.
func checkSize(db *bbolt.DB, path string) error {
	return db.View(func(tx *bbolt.Tx) error {
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		if info.Size() < tx.Size() {
			return fmt.Errorf("it has %d bytes of %d", info.Size(), tx.Size())
		}
		return nil
	})
}
