package store

import (
	"encoding/json"
	"errors"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

type thing struct{ Name string }

func TestAnAbsentStoreIsEmpty(t *testing.T) {
	t.Parallel()
	s := At(filepath.Join(t.TempDir(), "none.db"))
	err := s.View(func(tx Tx) error {
		var got thing
		if found, err := tx.Get("a", &got); found || err != nil {
			t.Errorf("Get = %v, %v; want nothing", found, err)
		}
		return tx.Each("", func(id string, _ json.RawMessage) error {
			t.Errorf("unexpected resource %q", id)
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestEachVisitsOnlyThePrefixInOrder(t *testing.T) {
	t.Parallel()
	s := At(filepath.Join(t.TempDir(), "nested", "cloud.db"))
	if err := s.Update(func(tx Tx) error {
		return errors.Join(tx.Put("/b/2", thing{"two"}), tx.Put("/a/1", thing{"one"}), tx.Put("/b/1", thing{"three"}))
	}); err != nil {
		t.Fatal(err)
	}
	var got []string
	err := s.View(func(tx Tx) error {
		return tx.Each("/b/", func(id string, _ json.RawMessage) error {
			got = append(got, id)
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"/b/1", "/b/2"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestAFailedUpdateChangesNothing(t *testing.T) {
	t.Parallel()
	s := At(filepath.Join(t.TempDir(), "cloud.db"))
	refused := errors.New("refused")
	err := s.Update(func(tx Tx) error {
		if err := tx.Put("a", thing{"a"}); err != nil {
			return err
		}
		return refused
	})
	if !errors.Is(err, refused) {
		t.Fatalf("Update = %v, want %v", err, refused)
	}
	if err := s.View(func(tx Tx) error {
		if tx.Has("a") {
			t.Error("the refused resource was stored")
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func TestWhatIsRememberedIsNoResource(t *testing.T) {
	t.Parallel()
	s := At(filepath.Join(t.TempDir(), "a.db"))
	var got thing
	recalled := func(tx Tx) error {
		found, err := tx.Recall("a", &got)
		if found != (got.Name != "") {
			t.Errorf("Recall = %v, %v", found, got)
		}
		return err
	}
	if err := s.View(recalled); err != nil {
		t.Fatal(err)
	}
	if err := s.Update(func(tx Tx) error { return tx.Remember("a", thing{"kept"}) }); err != nil {
		t.Fatal(err)
	}
	if err := s.View(recalled); err != nil {
		t.Fatal(err)
	}
	if got.Name != "kept" {
		t.Errorf("it remembers %v", got)
	}
	err := s.View(func(tx Tx) error {
		if tx.Has("a") {
			t.Error("it is a resource")
		}
		return tx.Each("", func(id string, _ json.RawMessage) error {
			t.Errorf("%q is listed", id)
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
}
