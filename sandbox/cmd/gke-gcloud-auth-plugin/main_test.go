package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

func TestTheTokenOfTheSandboxIsPrinted(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	directory := filepath.Join(home, "control-plane")
	if err := os.Mkdir(directory, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(directory, "token"), []byte("SECRET\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var output bytes.Buffer
	if err := run(home, &output); err != nil {
		t.Fatal(err)
	}
	want := `{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1","spec":{"interactive":false},"status":{"token":"SECRET"}}` + "\n"
	if output.String() != want {
		t.Errorf("run printed %s, want %s", output.String(), want)
	}
}

func TestNothingIsPrintedWithoutASandbox(t *testing.T) {
	t.Parallel()
	var output bytes.Buffer
	err := run("", &output)
	const want = "SANDBOX_HOME is not set: run Pulumi by sandbox/pulumi"
	if err == nil || err.Error() != want || output.Len() > 0 {
		t.Errorf("run = %v and printed %q, want %s", err, output.String(), want)
	}
}
