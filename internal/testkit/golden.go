package testkit

import (
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Golden compares text with testdata/<name>.golden.yaml. With -update it writes the
// file. A difference is shown either way, and without -update it fails the test.
func Golden(t testing.TB, name, text string) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden.yaml")
	golden, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	diff := cmp.Diff(strings.Split(string(golden), "\n"), strings.Split(text, "\n"))
	switch {
	case diff == "":
	case *update:
		t.Logf("%s is rewritten (-before +after):\n%s", file, diff)
		write(t, file, text)
	default:
		t.Errorf("%s differs (-golden +now); if that is meant, run the test with -update:\n%s", file, diff)
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
