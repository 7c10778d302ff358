// Package golden compares what a test generates with the file that keeps it.
package golden

import (
	"errors"
	"flag"
	"io/fs"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the generated files anew")

// Compare holds a file to having this text. A difference is shown and fails the
// test; with -update the file is written anew.
func Compare(t testing.TB, file, text string) {
	t.Helper()
	kept, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	if string(kept) == text {
		return
	}
	if !*update {
		t.Errorf("%s is not up to date; run the test with -update (-kept +now)\n%s", file, cmp.Diff(string(kept), text))
		return
	}
	t.Logf("%s is written anew", file)
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
