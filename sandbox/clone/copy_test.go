package clone

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// heavy are the programs that take long to link. They are copied, and make finds
// them as after a build; it builds the others.
var heavy = []string{
	"bin/pulumi", "bin/kube-apiserver", "bin/kube-controller-manager", "bin/kube-scheduler", "bin/etcd", "bin/kwok",
	"pulumi-home/plugins/*/pulumi-resource-gcp",
}

// copySources copies a checkout, with what is not committed and without what is
// ignored.
func copySources(t *testing.T, root, to string) {
	t.Helper()
	listed, err := exec.Command("git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard").Output()
	if err != nil {
		t.Fatalf("list the files of the checkout: %v", err)
	}
	for name := range strings.SplitSeq(strings.Trim(string(listed), "\x00"), "\x00") {
		err := copyFile(filepath.Join(root, name), filepath.Join(to, name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) { // else it was deleted after the last commit
			t.Fatal(err)
		}
	}
}

// copyHeavy copies the heavy programs that make has built in a checkout.
func copyHeavy(t *testing.T, root, to string) {
	t.Helper()
	for _, pattern := range heavy {
		built, err := fs.Glob(os.DirFS(root), ".sandbox/"+pattern)
		if err != nil || len(built) != 1 {
			t.Fatalf(".sandbox/%s is %q (%v), want one program: run make build first", pattern, built, err)
		}
		if err := copyFile(filepath.Join(root, built[0]), filepath.Join(to, built[0])); err != nil {
			t.Fatal(err)
		}
	}
}

// copyFile copies a file, which is new where it is copied to.
func copyFile(from, to string) error {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close() // read only
	info, err := source.Stat()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	target, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_EXCL, info.Mode().Perm())
	if err != nil {
		return err
	}
	_, err = io.Copy(target, source)
	return errors.Join(err, target.Close())
}

// generated are the directories of a checkout that make build copies definitions
// to, and git ignores.
var generated = []string{"sandbox/cmd/pulumi-resource-azure-native/types", "sandbox/gcp/discovery/documents"}

// contents are all files below a directory by what they hold, but for what make
// build generates in the checkout in it.
func contents(t *testing.T, directory, checkout string) map[string]string {
	t.Helper()
	left := map[string]bool{}
	for _, name := range generated {
		left[filepath.Join(checkout, name)] = true
	}
	found := map[string]string{}
	err := filepath.WalkDir(directory, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(directory, path)
		switch {
		case err != nil:
			return err
		case left[path]:
			return fs.SkipDir
		case !entry.Type().IsRegular():
			found[name] = entry.Type().String()
			return nil
		}
		text, err := os.ReadFile(path)
		found[name] = fmt.Sprintf("%x", sha256.Sum256(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
