package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ai-serving/sandbox/store"
)

const id = "projects/p/global/urlMaps/main"

// oneResource is the directory of a sandbox that has one resource.
func oneResource(t *testing.T) string {
	t.Helper()
	home := t.TempDir()
	err := store.At(filepath.Join(home, "stores", "gcp.db")).Update(func(tx store.Tx) error {
		return tx.Put(id, map[string]any{"kind": "compute#urlMap", "hostRules": []any{map[string]any{"hosts": []any{"a"}}}})
	})
	if err != nil {
		t.Fatal(err)
	}
	return home
}

// body is what the store has of the resource.
func body(t *testing.T, home string) map[string]any {
	t.Helper()
	var body map[string]any
	err := store.At(filepath.Join(home, "stores", "gcp.db")).View(func(tx store.Tx) error {
		_, err := tx.Get(id, &body)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func TestSetChangesAProperty(t *testing.T) {
	t.Parallel()
	home := oneResource(t)
	for _, arguments := range [][]string{
		{id, "hostRules[0].hosts[0]", "b.example"},
		{id, "timeoutSec", "30"},
		{id, "tags", `{"a": ["b"]}`},
	} {
		if err := setProperty(t.Context(), home, arguments); err != nil {
			t.Fatal(err)
		}
	}
	want := map[string]any{
		"kind":       "compute#urlMap",
		"hostRules":  []any{map[string]any{"hosts": []any{"b.example"}}},
		"timeoutSec": 30.0,
		"tags":       map[string]any{"a": []any{"b"}},
	}
	if diff := cmp.Diff(want, body(t, home)); diff != "" {
		t.Errorf("stored (-want +got)\n%s", diff)
	}
}

func TestSetRefusesWhatIsNotThere(t *testing.T) {
	t.Parallel()
	home := oneResource(t)
	for _, arguments := range [][]string{
		{"projects/p/global/urlMaps/other", "kind", "x"},
		{id, "hostRules[3].hosts[0]", "x"},
		{id, "kind.of", "x"},
		{id, "hostRules[", "x"},
	} {
		if err := setProperty(t.Context(), home, arguments); err == nil {
			t.Errorf("set %q is accepted: %v", arguments, body(t, home))
		}
	}
}

func TestDeleteRemovesTheResource(t *testing.T) {
	t.Parallel()
	home := oneResource(t)
	if err := deleteResource(t.Context(), home, []string{id}); err != nil {
		t.Fatal(err)
	}
	if left := body(t, home); left != nil {
		t.Errorf("the store still has %v", left)
	}
	if err := deleteResource(t.Context(), home, []string{id}); err == nil {
		t.Error("it can be deleted twice")
	}
}

// A control plane can be left of a cluster that no store has.
func TestDeleteRemovesAControlPlaneThatNoStoreHas(t *testing.T) {
	t.Parallel()
	home := oneResource(t)
	const cluster = "projects/p/locations/europe-west4/clusters/main"
	directory := filepath.Join(home, "control-plane", cluster)
	if err := os.MkdirAll(directory, 0o700); err != nil {
		t.Fatal(err)
	}
	for file, content := range map[string]string{"cluster.json": "{}", "ca.crt": ""} {
		if err := os.WriteFile(filepath.Join(directory, file), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := deleteResource(t.Context(), home, []string{cluster}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(directory); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the control plane's directory: %v, want none", err)
	}
	if err := deleteResource(t.Context(), home, []string{cluster}); err == nil {
		t.Error("a cluster that is gone can be deleted")
	}
}
