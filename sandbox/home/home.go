// Package home is the directory that a sandbox stores everything in: which one
// that is, how it is made and marked, and how it is removed.
//
// Nothing is written to or removed from a directory without the mark. The package
// has no dependencies but Go's own library, because make runs it before anything
// is built.
package home

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Variable is the environment variable that names the directory.
const Variable = "SANDBOX_HOME"

// Marker is the file that marks a directory as a sandbox's.
const Marker = ".ai-serving-sandbox"

// marked is the marker's content, for people who find it.
const marked = "The sandbox of ai-serving stores its programs and state here. \"make clean\" removes them.\n"

// contents are all that the sandbox puts into its directory, by itself or by
// make. What else is there belongs to somebody else, and stays.
var contents = []string{
	"bin", "control-plane", "documents", "events", "faults.db", "lint", "logs", "program", "project", "pulumi-home", "stacks", "state",
	"stores", "types",
}

// shared are the contents that all directories of a checkout share, because they
// hold what make has built: the others have links to them.
var shared = []string{"bin", filepath.Join("pulumi-home", "plugins")}

// Built is the directory that make builds into, in a checkout: the sandbox's own,
// unless SANDBOX_HOME names another one.
func Built(root string) string { return filepath.Join(root, ".sandbox") }

// Get gives the directory that SANDBOX_HOME names, or the default where it is not
// set. It has to be absolute: programs of several working directories read it.
func Get(byDefault string) (string, error) {
	directory, set := os.LookupEnv(Variable)
	if !set {
		return byDefault, nil
	}
	return Parse(Variable, directory)
}

// Parse checks the path of a directory that a person has given, by a variable or
// a flag of that name. The error says what to give.
func Parse(name, directory string) (string, error) {
	const remedy = "give an absolute path, or leave it unset for .sandbox in the checkout"
	switch {
	case directory == "":
		return "", fmt.Errorf("%s is empty: %s", name, remedy)
	case !filepath.IsAbs(directory):
		return "", fmt.Errorf("%s is %q, which is not an absolute path: %s", name, directory, remedy)
	case strings.ContainsAny(directory, "\n\r\x00"):
		return "", fmt.Errorf("%s is %q, which has a line break: %s", name, directory, remedy)
	}
	return filepath.Clean(directory), nil
}

// Check refuses a directory that the sandbox has not made. One that does not exist
// or is empty is for the sandbox to make.
func Check(directory string) error {
	entries, err := os.ReadDir(directory)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("the sandbox's directory: %w", err)
	}
	if len(entries) == 0 || slices.ContainsFunc(entries, isMarker) {
		return nil
	}
	return fmt.Errorf("%s is not the sandbox's: it has files, and no file %s: "+
		"set %s to a new directory, or, if an earlier version of the sandbox made it, create that file in it",
		directory, Marker, Variable)
}

// isMarker reports whether an entry is the marker: a file, and no link to one
// elsewhere.
func isMarker(entry fs.DirEntry) bool { return entry.Name() == Marker && entry.Type().IsRegular() }

// Make makes and marks a directory, if need be. What make has built in another one
// is linked to.
func Make(directory, built string) error {
	if err := Check(directory); err != nil {
		return err
	}
	// Before all else, so that no directory is left without it.
	if err := os.MkdirAll(directory, 0o755); err != nil {
		return err
	}
	if err := writeNew(filepath.Join(directory, Marker), marked); err != nil {
		return err
	}
	if isSame(directory, built) {
		return nil
	}
	for _, name := range shared {
		if err := link(filepath.Join(built, name), filepath.Join(directory, name)); err != nil {
			return err
		}
	}
	return nil
}

// isSame reports whether two paths are of one directory.
func isSame(one, other string) bool {
	a, err := os.Stat(one)
	if err != nil {
		return false
	}
	b, err := os.Stat(other)
	return err == nil && os.SameFile(a, b)
}

// writeNew writes a file unless it is there.
func writeNew(path, text string) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)
	return errors.Join(err, file.Close())
}

// link makes a link, and replaces one to somewhere else.
func link(target, path string) error {
	if present, err := os.Readlink(path); err == nil {
		if present == target {
			return nil
		}
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.Symlink(target, path)
}

// WriteFile writes a file at one stroke: a kill or a full disk leaves the one that
// was there, never a part of this one. Only one process may write it at a time.
func WriteFile(path string, text []byte, permissions fs.FileMode) error {
	temporary := path + ".new"
	if err := os.WriteFile(temporary, text, permissions); err != nil {
		return errors.Join(err, os.RemoveAll(temporary))
	}
	return os.Rename(temporary, path)
}

// Clean removes what the sandbox has put into its directory, and then the
// directory, unless it has something else in it: that is returned, and stays.
func Clean(directory string) (left []string, err error) {
	if err := Check(directory); err != nil {
		return nil, err
	}
	if _, err := os.Lstat(filepath.Join(directory, Marker)); err != nil {
		return nil, nil // it does not exist, or is empty and somebody else's
	}
	for _, name := range contents {
		if err := os.RemoveAll(filepath.Join(directory, name)); err != nil {
			return nil, err
		}
	}
	entries, err := os.ReadDir(directory)
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		if !isMarker(entry) {
			left = append(left, filepath.Join(directory, entry.Name()))
		}
	}
	if len(left) > 0 {
		return left, nil // with the mark, so that the directory can be used again
	}
	return nil, errors.Join(os.Remove(filepath.Join(directory, Marker)), os.Remove(directory))
}
