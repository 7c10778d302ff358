package testkit

import (
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/diff"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Golden compares text with testdata/<name>.golden.yaml. A difference is shown,
// and fails the test; with -update it is shown, and the file is written anew.
func Golden(t testing.TB, name, text string) {
	t.Helper()
	GoldenFile(t, filepath.Join("testdata", name+".golden.yaml"), text)
}

// GoldenFile is Golden for a file of any name.
func GoldenFile(t testing.TB, file, text string) {
	t.Helper()
	golden, err := os.ReadFile(file)
	missing := errors.Is(err, fs.ErrNotExist)
	if err != nil && !missing {
		t.Fatal(err)
	}
	changes := diff.Diff(file, golden, "now", []byte(text))
	switch {
	case changes == nil:
	case *update:
		t.Logf("%s is written anew:\n%s", file, changes)
		write(t, file, text)
	case missing:
		t.Errorf("there is no %s; run the test with -update to write it", file)
	default:
		t.Errorf("not as in %s; if that is meant, run the test with -update:\n%s", file, changes)
	}
}

func write(t testing.TB, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
