package home

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestADirectoryThatIsNotAbsoluteIsRefused(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"":             "SANDBOX_HOME is empty: give an absolute path, or leave it unset for .sandbox in the checkout",
		"~":            `SANDBOX_HOME is "~", which is not an absolute path: give an absolute path, or leave it unset for .sandbox in the checkout`,
		"~/sandbox":    `SANDBOX_HOME is "~/sandbox", which is not an absolute path: give an absolute path, or leave it unset for .sandbox in the checkout`,
		".":            `SANDBOX_HOME is ".", which is not an absolute path: give an absolute path, or leave it unset for .sandbox in the checkout`,
		"../elsewhere": `SANDBOX_HOME is "../elsewhere", which is not an absolute path: give an absolute path, or leave it unset for .sandbox in the checkout`,
		" /tmp/x":      `SANDBOX_HOME is " /tmp/x", which is not an absolute path: give an absolute path, or leave it unset for .sandbox in the checkout`,
		"/tmp/a\nb":    `SANDBOX_HOME is "/tmp/a\nb", which has a line break: give an absolute path, or leave it unset for .sandbox in the checkout`,
	} {
		got, err := Parse(Variable, given)
		if err == nil || err.Error() != want {
			t.Errorf("Parse(%q) = %q, %v; want %s", given, got, err, want)
		}
	}
	if got, err := Parse(Variable, "/tmp/a b/'\"$#ü/../c/"); got != "/tmp/a b/c" || err != nil {
		t.Errorf("Parse = %q, %v; want /tmp/a b/c", got, err)
	}
}

func TestSANDBOX_HOMEThatIsEmptyIsNotTheDefault(t *testing.T) {
	t.Setenv(Variable, "")
	if got, err := Get("/default"); err == nil {
		t.Errorf("Get = %q, want an error", got)
	}
	t.Setenv(Variable, "/named")
	if got, err := Get("/default"); got != "/named" || err != nil {
		t.Errorf("Get = %q, %v; want /named", got, err)
	}
}

// Directories that people have: each has something of the names that the sandbox
// uses, and no marker.
var others = map[string][]string{
	"home directory":        {"bin/tool", "documents/thesis", "logs/diary", "project/plan"},
	"a link for the marker": {"bin/tool", Marker + " -> bin/tool"},
	"a directory for it":    {"bin/tool", Marker + "/file"},
}

func TestADirectoryOfSomebodyElseIsNotTouched(t *testing.T) {
	t.Parallel()
	for name, files := range others {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			directory := t.TempDir()
			write(t, directory, files...)
			before := list(t, directory)
			want := directory + " is not the sandbox's: it has files, and no file " + Marker + ": "
			if err := Make(directory, directory); err == nil || !strings.HasPrefix(err.Error(), want) {
				t.Errorf("Make = %v, want %s…", err, want)
			}
			if _, err := Clean(directory); err == nil || !strings.HasPrefix(err.Error(), want) {
				t.Errorf("Clean = %v, want %s…", err, want)
			}
			if diff := cmp.Diff(before, list(t, directory)); diff != "" {
				t.Errorf("the directory (-before +after)\n%s", diff)
			}
		})
	}
}

func TestWhatWasNotThereOrEmptyIsNotRemoved(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	for _, path := range []string{directory, filepath.Join(directory, "none")} {
		if left, err := Clean(path); len(left) != 0 || err != nil {
			t.Errorf("Clean = %v, %v; want nothing", left, err)
		}
	}
	if diff := cmp.Diff([]string{"."}, list(t, directory)); diff != "" {
		t.Errorf("the directory (-want +got)\n%s", diff)
	}
}

func TestCleanRemovesWhatTheSandboxMadeAndNothingElse(t *testing.T) {
	t.Parallel()
	above := t.TempDir()
	built, directory := filepath.Join(above, "built"), filepath.Join(above, "my sändbox")
	write(t, built, "bin/sandbox", "pulumi-home/plugins/gcp")
	for range 2 { // to make it again changes nothing
		if err := Make(directory, built); err != nil {
			t.Fatal(err)
		}
	}
	write(t, directory, "state/dev", "stores/gcp.db", "faults.yaml")
	made := []string{
		".", Marker, "bin -> " + built + "/bin", "faults.yaml", "pulumi-home", "pulumi-home/plugins -> " + built + "/pulumi-home/plugins",
		"state", "state/dev", "stores", "stores/gcp.db",
	}
	if diff := cmp.Diff(made, list(t, directory)); diff != "" {
		t.Errorf("the directory (-want +made)\n%s", diff)
	}
	left, err := Clean(directory)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{filepath.Join(directory, "faults.yaml")}, left); diff != "" {
		t.Errorf("left (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{".", Marker, "faults.yaml"}, list(t, directory)); diff != "" {
		t.Errorf("the directory (-want +left)\n%s", diff)
	}
	if err := os.Remove(filepath.Join(directory, "faults.yaml")); err != nil {
		t.Fatal(err)
	}
	if left, err := Clean(directory); len(left) != 0 || err != nil {
		t.Errorf("Clean = %v, %v; want nothing left", left, err)
	}
	if _, err := os.Stat(directory); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the directory: %v, want none", err)
	}
	want := []string{".", "bin", "bin/sandbox", "pulumi-home", "pulumi-home/plugins", "pulumi-home/plugins/gcp"}
	if diff := cmp.Diff(want, list(t, built)); diff != "" {
		t.Errorf("what was linked to (-want +got)\n%s", diff)
	}
}

func TestTheProgramsOfAnotherCheckoutGiveWay(t *testing.T) {
	t.Parallel()
	above := t.TempDir()
	directory := filepath.Join(above, "home")
	for _, checkout := range []string{"one", "other"} {
		if err := Make(directory, filepath.Join(above, checkout)); err != nil {
			t.Fatal(err)
		}
		want := filepath.Join(above, checkout, "bin")
		if got, err := os.Readlink(filepath.Join(directory, "bin")); got != want || err != nil {
			t.Errorf("the link points to %q (%v), want %s", got, err, want)
		}
	}
}

func TestAFullDiskLeavesNoPartOfARecord(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "record")
	if err := WriteFile(path, []byte("whole"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/dev/full", path+".new"); err != nil { // to write there fails as on a full disk
		t.Fatal(err)
	}
	if err := WriteFile(path, []byte("another"), 0o600); err == nil || !strings.HasSuffix(err.Error(), syscall.ENOSPC.Error()) {
		t.Errorf("WriteFile = %v, want %v", err, syscall.ENOSPC)
	}
	if text, err := os.ReadFile(path); string(text) != "whole" || err != nil {
		t.Errorf("the file has %q (%v), want whole", text, err)
	}
}

// write writes files, and links where one is given as "NAME -> TARGET".
func write(t *testing.T, directory string, names ...string) {
	t.Helper()
	for _, name := range names {
		name, target, isLink := strings.Cut(name, " -> ")
		path := filepath.Join(directory, name)
		err := os.MkdirAll(filepath.Dir(path), 0o755)
		if err == nil && isLink {
			err = os.Symlink(target, path)
		} else if err == nil {
			err = os.WriteFile(path, []byte(name), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// list lists all that is in a directory, sorted.
func list(t *testing.T, directory string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(directory, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(directory, path)
		if entry.Type()&fs.ModeSymlink != 0 {
			target, _ := os.Readlink(path) // it is one
			name += " -> " + target
		}
		names = append(names, name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
