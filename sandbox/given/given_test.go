package given

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ai-serving/sandbox/store"
)

func TestWhatIsMissingIsLaid(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	for range 2 {
		if err := Lay(home); err != nil {
			t.Fatal(err)
		}
	}
	want, err := All()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, stored(t, home)); diff != "" {
		t.Errorf("stores (-listed +laid)\n%s", diff)
	}
}

func TestWhatIsThereStaysAsItIs(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	if err := Lay(home); err != nil {
		t.Fatal(err)
	}
	want := stored(t, home)
	for cloud, resources := range want {
		for id := range resources {
			changed := map[string]any{"changed": true}
			want[cloud][id] = changed
			if err := storeOf(home, cloud).Update(func(tx store.Tx) error { return tx.Put(id, changed) }); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := Lay(home); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, stored(t, home)); diff != "" {
		t.Errorf("stores (-changed +laid again)\n%s", diff)
	}
}

func TestABadListIsRefused(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"aws: {}":               `given.yaml: the sandbox has no cloud "aws", only azure and gcp`,
		"gcp: {a: {}, a: {}}":   `key "a" already set in map`,
		"azure: {a: [a, list]}": "cannot unmarshal array",
	} {
		if _, err := parse([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("parse(%q) = %v, want %s", text, err, want)
		}
	}
}

// references are what stack files name and no stack makes, with what each cloud
// adds before a name.
var references = map[string]*regexp.Regexp{
	"azure": regexp.MustCompile(`/subscriptions/[^\s"',}\]]+|https://[a-z0-9-]+\.vault\.azure\.net/secrets/[^\s"',}\]]+`),
	"gcp":   regexp.MustCompile(`projects/[^/\s]+/locations/[^/\s]+/certificate(?:Map)?s/[^\s"',}\]]+`),
}

func TestStacksFindWhatTheyReferTo(t *testing.T) {
	t.Parallel()
	all, err := All()
	if err != nil {
		t.Fatal(err)
	}
	for _, pattern := range []string{"../../Pulumi.*.yaml", "../../testdata/Pulumi.*.yaml"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: files %v, %v", pattern, files, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for cloud, reference := range references {
				for _, id := range reference.FindAllString(string(text), -1) {
					if key, _ := clouds[cloud](id); all[cloud][key] == nil {
						t.Errorf("%s refers to %s, which given.yaml does not have", file, id)
					}
				}
			}
		}
	}
}

// stored is all that the stores hold, by cloud and id.
func stored(t *testing.T, home string) map[string]map[string]any {
	t.Helper()
	all := map[string]map[string]any{}
	for cloud := range clouds {
		all[cloud] = map[string]any{}
		err := storeOf(home, cloud).View(func(tx store.Tx) error {
			return tx.Each("", func(id string, raw json.RawMessage) error {
				var body map[string]any
				err := json.Unmarshal(raw, &body)
				all[cloud][id] = body
				return err
			})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func storeOf(home, cloud string) store.Store {
	return store.At(filepath.Join(home, "stores", cloud+".db"))
}
