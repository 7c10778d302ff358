package store

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// damages are what becomes of a file on a full disk, by a kill, or by a person.
var damages = map[string]struct {
	damage func(whole []byte) []byte
	says   string
}{
	"empty":            {func([]byte) []byte { return nil }, "it is empty"},
	"its first page":   {func(whole []byte) []byte { return whole[:4096] }, "file size too small"},
	"half of it":       {func(whole []byte) []byte { return whole[:len(whole)/2] }, "it has "},
	"without its end":  {func(whole []byte) []byte { return whole[:len(whole)-4096] }, "it has "},
	"another file":     {func([]byte) []byte { return bytes.Repeat([]byte("text\n"), 10_000) }, "invalid database"},
	"pages of nothing": {func(whole []byte) []byte { return make([]byte, len(whole)) }, "invalid database"},
}

func TestAStoreThatIsDamagedIsNamedWithTheWayBack(t *testing.T) {
	t.Parallel()
	for name, test := range damages {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			home := t.TempDir()
			path := filepath.Join(home, "stores", "gcp.db")
			damaged := test.damage(wholeStore(t, path))
			if err := os.WriteFile(path, damaged, 0o600); err != nil {
				t.Fatal(err)
			}
			_, listed := All(home)
			for verb, err := range map[string]error{
				"Check":  Check(home),
				"All":    listed,
				"View":   At(path).View(func(Tx) error { return nil }),
				"Update": At(path).Update(func(tx Tx) error { return tx.Put("b", "b") }),
			} {
				want := "store " + path + " is damaged: " + test.says
				if err == nil || !strings.HasPrefix(err.Error(), want) || !strings.HasSuffix(err.Error(), ": start again with make clean") {
					t.Errorf("%s = %v, want %s…", verb, err, want)
				}
			}
			if left, err := os.ReadFile(path); !bytes.Equal(left, damaged) || err != nil {
				t.Errorf("the damaged file was written to (%v)", err)
			}
		})
	}
}

func TestAStoreThatIsWholeOrNotThereIsNotDamaged(t *testing.T) {
	t.Parallel()
	home := filepath.Join(t.TempDir(), `it's [my] "störe" *?\`)
	if err := Check(home); err != nil {
		t.Errorf("Check of no store = %v", err)
	}
	wholeStore(t, filepath.Join(home, "stores", "gcp.db"))
	if err := Check(home); err != nil {
		t.Errorf("Check of a store = %v", err)
	}
	documents, err := All(home)
	if len(documents) != 1 || err != nil {
		t.Errorf("All = %v, %v; want one document", documents, err)
	}
}

func TestAStoreIsMadeByTheFirstOfSeveralProcesses(t *testing.T) {
	t.Parallel()
	s := At(filepath.Join(t.TempDir(), "stores", "gcp.db"))
	var group sync.WaitGroup
	for i := range 20 {
		group.Go(func() {
			if err := s.Update(func(tx Tx) error { return tx.Put(string(rune('a'+i)), i) }); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	err := s.View(func(tx Tx) error {
		for i := range 20 {
			if !tx.Has(string(rune('a' + i))) {
				t.Errorf("the store has lost %c", 'a'+i)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	entries, err := os.ReadDir(filepath.Dir(s.path))
	if len(entries) != 1 || err != nil {
		t.Errorf("beside the store is left %v (%v)", entries, err)
	}
}

// wholeStore makes a store of which all pages are used, and returns its bytes.
func wholeStore(t *testing.T, path string) []byte {
	t.Helper()
	err := At(path).Update(func(tx Tx) error { return tx.Put("projects/p/a", strings.Repeat("value", 50_000)) })
	if err != nil {
		t.Fatal(err)
	}
	db, err := openWhole(path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tx, err := db.Begin(false)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text[:tx.Size()]
}
