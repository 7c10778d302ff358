package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestACheckoutThatCannotBeOnPATHIsRefused(t *testing.T) {
	t.Parallel()
	root := filepath.Join(t.TempDir(), "a:b")
	want := `the path of the checkout, "` + root + `", has a ':', which would end it in PATH: move the checkout`
	if err := makeFor(root, filepath.Join(root, ".sandbox")); err == nil || err.Error() != want {
		t.Errorf("makeFor = %v, want %s", err, want)
	}
	if _, err := os.Stat(root); err == nil {
		t.Errorf("%s was made", root)
	}
}
