package project

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"

	"ai-serving/sandbox/home"
)

// files are the files of the copy, by path relative to it, with slashes.
type files map[string]file

// file is a file, a symbolic link or a directory of the copy.
type file struct {
	text      []byte
	link      string // what a symbolic link points to
	directory bool
}

// match adds the files of a directory that match one of the patterns. A symbolic
// link stays one. What a pattern names outside of the directory is left out. Both
// are for the program to refuse.
func (f files) match(directory string, patterns []string) {
	for _, pattern := range patterns {
		matches, _ := fs.Glob(os.DirFS(directory), path.Clean(pattern)) // the program refuses a wrong one
		for _, match := range matches {
			f.add(directory, match)
		}
	}
}

// add adds a file of a directory, or the symbolic link on the way to it. What
// cannot be read is left out: it has just been removed.
func (f files) add(directory, name string) {
	below := ""
	for part := range strings.SplitSeq(name, "/") {
		below = path.Join(below, part)
		one, err := readFile(filepath.Join(directory, filepath.FromSlash(below)))
		if err != nil {
			return
		}
		if one.directory && below != name {
			continue
		}
		f[below] = one
		return
	}
}

// readFile reads a file without following a symbolic link.
func readFile(path string) (file, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return file{}, err
	}
	switch {
	case info.IsDir():
		return file{directory: true}, nil
	case info.Mode()&fs.ModeSymlink != 0:
		link, err := os.Readlink(path)
		return file{link: link}, err
	case info.Mode().IsRegular():
		text, err := os.ReadFile(path)
		return file{text: text}, err
	}
	return file{}, fs.ErrInvalid // a socket or the like
}

// write makes a directory hold these files and no other. What is as it should be
// is not written, because the engine of another process may be reading it.
func (f files) write(directory string) error {
	f.cut()
	if err := os.MkdirAll(directory, 0o755); err != nil {
		return err
	}
	if err := f.removeOthers(directory); err != nil {
		return err
	}
	for name, wanted := range f {
		path := filepath.Join(directory, filepath.FromSlash(name))
		if present, err := readFile(path); err == nil && present.equal(wanted) {
			continue
		}
		if err := wanted.write(path); err != nil {
			return err
		}
	}
	return nil
}

// cut leaves out what would be behind a symbolic link: what is written stays in the
// directory.
func (f files) cut() {
	for name := range f {
		for above := path.Dir(name); above != "."; above = path.Dir(above) {
			if f[above].link != "" {
				delete(f, name)
			}
		}
	}
}

// removeOthers removes what is not wanted from a directory, and what is of
// another kind than is wanted.
func (f files) removeOthers(directory string) error {
	above := map[string]bool{".": true}
	for name := range f {
		for name = path.Dir(name); name != "."; name = path.Dir(name) {
			above[name] = true
		}
	}
	return filepath.WalkDir(directory, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(directory, path)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		wanted, isWanted := f[name]
		if above[name] && entry.IsDir() || isWanted && wanted.directory == entry.IsDir() && !above[name] {
			return nil
		}
		if err := os.RemoveAll(path); err != nil || !entry.IsDir() {
			return err
		}
		return fs.SkipDir
	})
}

func (f file) equal(other file) bool {
	return f.link == other.link && f.directory == other.directory && bytes.Equal(f.text, other.text)
}

// write writes a file, and replaces another one.
func (f file) write(path string) error {
	if f.directory {
		return os.MkdirAll(path, 0o755)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if f.link == "" {
		return home.WriteFile(path, f.text, 0o644)
	}
	if err := os.RemoveAll(path); err != nil {
		return err
	}
	return os.Symlink(f.link, path)
}

// lock waits until no other process updates the copy in a sandbox's directory, and
// returns what lets the next one do so.
func lock(directory string) (unlock func(), err error) {
	file, err := os.Open(filepath.Join(directory, home.Marker))
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return func() { file.Close() }, nil // nothing was written
}
