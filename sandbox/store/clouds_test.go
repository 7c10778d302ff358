package store

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAllDocumentsOfTheClouds(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	for cloud, documents := range map[string]map[string]any{
		"gcp":   {"projects/p/global/urlMaps/a": map[string]any{"name": "a"}, "b": map[string]any{"kind": "storage#bucket"}},
		"azure": {"/subscriptions/s/x": map[string]any{"type": "Microsoft.Network/x"}},
	} {
		for id, body := range documents {
			if err := At(filepath.Join(home, "stores", cloud+".db")).Update(func(tx Tx) error { return tx.Put(id, body) }); err != nil {
				t.Fatal(err)
			}
		}
	}
	documents, err := All(home)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, document := range documents {
		kind, err := document.Type()
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, document.Cloud+" "+kind+" "+document.ID)
	}
	want := []string{
		"azure Microsoft.Network/x /subscriptions/s/x",
		"gcp storage#bucket b",
		"gcp urlMaps projects/p/global/urlMaps/a",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("documents (-want +got)\n%s", diff)
	}
	if found, err := Find(home, "/SUBSCRIPTIONS/s/x"); err != nil || found.Cloud != "azure" {
		t.Errorf("Find = %v, %v", found, err)
	}
}
