package project

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"ai-serving/sandbox/home"
	"ai-serving/sandbox/stacks"
)

func TestTheCopyIsWhatTheProjectIs(t *testing.T) {
	t.Parallel()
	place := newPlace(t)
	write(t, place.Root, map[string]string{
		"Pulumi.dev.yaml":          "config:\n  ai-serving:tenantFiles: [tenants/dev/*.yaml, tenants/more]\n",
		"Pulumi.prod.yaml":         "config:\n  ai-serving:tenantFiles: [./tenants/prod/*/*.yaml, ../*, /etc/hostname, '[', {}]\n",
		"tenants/dev/a.yaml":       "tenants: {a: {}}\n",
		"tenants/dev/b.yaml":       "-> a.yaml",
		"tenants/dev/README":       "not named",
		"tenants/more/c.yaml":      "not matched",
		"tenants/prod/eu/d e.yaml": "tenants: {d: {}}\n",
		"tenants/prod/us":          "-> ../../../elsewhere",
		"../elsewhere/f.yaml":      "tenants: {f: {}}\n",
		"unrelated.yaml":           "",
	})
	write(t, place.Home, map[string]string{
		"stacks/Pulumi.test.yaml":          "config:\n  ai-serving:tenantFiles: [tenants/*/*.yaml]\n",
		"stacks/tenants/dev/a.yaml":        "tenants: {own: {}}\n",
		state("gone"):                      "{}",
		"project/Pulumi.old.yaml":          "of a stack that was removed",
		"project/tenants/dev/z/y.yaml":     "of a tenant that was removed",
		"project/tenants/prod/eu/d e.yaml": "-> nowhere",
		"project/tenants/more":             "a file where a directory is now",
	})
	want := map[string]string{
		"Pulumi.yaml":              "name: ai-serving\n\nmain: " + place.Root + "\n",
		"Pulumi.dev.yaml":          "config:\n  ai-serving:tenantFiles: [tenants/dev/*.yaml, tenants/more]\n" + provider,
		"Pulumi.prod.yaml":         "config:\n  ai-serving:tenantFiles: [./tenants/prod/*/*.yaml, ../*, /etc/hostname, '[', {}]\n" + provider,
		"Pulumi.test.yaml":         "config:\n  ai-serving:tenantFiles: [tenants/*/*.yaml]\n" + provider,
		"Pulumi.gone.yaml":         provider,
		"tenants":                  "/",
		"tenants/dev":              "/",
		"tenants/dev/a.yaml":       "tenants: {own: {}}\n",
		"tenants/dev/b.yaml":       "-> a.yaml",
		"tenants/more":             "/",
		"tenants/prod":             "/",
		"tenants/prod/eu":          "/",
		"tenants/prod/eu/d e.yaml": "tenants: {d: {}}\n",
		"tenants/prod/us":          "-> ../../../elsewhere",
		"tenants/more/c.yaml":      "not matched",
	}
	expect(t, place, want)

	if err := os.RemoveAll(filepath.Join(place.Root, "tenants", "dev")); err != nil {
		t.Fatal(err)
	}
	write(t, place.Root, map[string]string{"Pulumi.prod.yaml": ""})
	if err := os.Remove(filepath.Join(place.Home, "stacks", "Pulumi.test.yaml")); err != nil {
		t.Fatal(err)
	}
	want["Pulumi.prod.yaml"] = provider
	for name := range want {
		if strings.HasPrefix(name, "tenants/dev") || strings.HasPrefix(name, "tenants/prod") || name == "Pulumi.test.yaml" || name == "tenants/more/c.yaml" {
			delete(want, name)
		}
	}
	expect(t, place, want)
}

func TestNothingIsWrittenBehindALink(t *testing.T) {
	t.Parallel()
	place := newPlace(t)
	elsewhere := t.TempDir()
	write(t, place.Root, map[string]string{"tenants/a.yaml": "a"})
	write(t, place.Home, map[string]string{
		"stacks/Pulumi.test.yaml": "config:\n  ai-serving:tenantFiles: [tenants/*, tenants]\n",
		"stacks/tenants":          "-> " + elsewhere,
	})
	expect(t, place, map[string]string{
		"Pulumi.yaml":      "name: ai-serving\n\nmain: " + place.Root + "\n",
		"Pulumi.test.yaml": "config:\n  ai-serving:tenantFiles: [tenants/*, tenants]\n" + provider,
		"tenants":          "-> " + elsewhere,
	})
	if entries, err := os.ReadDir(elsewhere); len(entries) != 0 || err != nil {
		t.Errorf("where the link points to is %v (%v), want nothing", entries, err)
	}
}

func TestTheProgramIsFoundAtAnyPath(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"my prüf", `it's "x"`, "$HOME #1", "a: b", "{x}", "- y", "*", "true", "tab\t", `back\slash`} {
		place := stacks.Place{Root: filepath.Join(t.TempDir(), name), Home: t.TempDir()}
		write(t, place.Root, map[string]string{"Pulumi.yaml": "name: ai-serving\n"})
		all, err := projectFiles(place)
		if err != nil {
			t.Fatal(err)
		}
		var project struct{ Main string }
		if err := yaml.Unmarshal(all["Pulumi.yaml"].text, &project); err != nil || project.Main != place.Root {
			t.Errorf("the program is in %q (%v), want %q", project.Main, err, place.Root)
		}
	}
}

func TestAFileWithAMistakeIsAProblemOfItsStackOnly(t *testing.T) {
	t.Parallel()
	place := newPlace(t)
	write(t, place.Root, map[string]string{"Pulumi.dev.yaml": "config: {}\n", "Pulumi.prod.yaml": "a: b: c\n", "Pulumi.test.yaml": "a: b: c\n"})
	write(t, place.Home, map[string]string{"stacks/Pulumi.test.yaml": "config: {}\n"}) // goes before the other
	problems, err := Update(place)
	if err != nil {
		t.Fatal(err)
	}
	want := filepath.Join(place.Root, "Pulumi.prod.yaml") + ":1:4: is not YAML: mapping value is not allowed in this context"
	if len(problems) != 1 || problems["prod"] == nil || problems["prod"].Error() != want {
		t.Errorf("problems = %v, want of prod: %s", problems, want)
	}
}

func TestTheCopyIsMadeByOneProcessAtATime(t *testing.T) {
	t.Parallel()
	place := newPlace(t)
	write(t, place.Root, map[string]string{"Pulumi.dev.yaml": "config:\n  ai-serving:tenantFiles: [tenants/*]\n", "tenants/a.yaml": "a"})
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 20 {
				if _, err := Update(place); err != nil {
					t.Error(err)
				}
				text, err := os.ReadFile(filepath.Join(Directory(place.Home), "tenants", "a.yaml"))
				if string(text) != "a" || err != nil {
					t.Errorf("the copy has %q (%v), want a", text, err)
				}
			}
		})
	}
	group.Wait()
}

// newPlace is a project beside a sandbox.
func newPlace(t *testing.T) stacks.Place {
	t.Helper()
	above := t.TempDir()
	place := stacks.Place{Root: filepath.Join(above, "checkout"), Home: filepath.Join(above, "home")}
	if err := home.Make(place.Home, place.Home); err != nil {
		t.Fatal(err)
	}
	write(t, place.Root, map[string]string{"Pulumi.yaml": "name: ai-serving\n"})
	return place
}

func state(stack string) string {
	name, _ := filepath.Rel("/", stacks.Place{Home: "/"}.State(stack)) // both are absolute
	return name
}

// expect updates the copy and compares it: directories are /, links -> their targets.
func expect(t *testing.T, place stacks.Place, want map[string]string) {
	t.Helper()
	problems, err := Update(place)
	if err != nil || len(problems) != 0 {
		t.Fatalf("Update = %v, %v", problems, err)
	}
	got := map[string]string{}
	root := Directory(place.Home)
	err = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == root {
			return err
		}
		name, _ := filepath.Rel(root, path) // it is below
		one, err := readFile(path)
		switch {
		case one.directory:
			got[name] = "/"
		case one.link != "":
			got[name] = "-> " + one.link
		default:
			got[name] = string(one.text)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the copy (-want +got)\n%s", diff)
	}
}

// write writes files, and links where the text is "-> TARGET".
func write(t *testing.T, directory string, texts map[string]string) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		path := filepath.Join(directory, name)
		err := os.MkdirAll(filepath.Dir(path), 0o755)
		if target, isLink := strings.CutPrefix(texts[name], "-> "); isLink && err == nil {
			err = os.Symlink(target, path)
		} else if err == nil {
			err = os.WriteFile(path, []byte(texts[name]), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestMoreSettingsThanLinuxHandsToAProgramAreAProblem(t *testing.T) {
	t.Parallel()
	place := newPlace(t)
	tenants := func(number int) string {
		text := "config:\n  ai-serving:tenants:\n"
		for i := range number {
			text += fmt.Sprintf("    customer-%05d: {models: [chat, embed], costCenter: CC-%05d, hosts: [chat.customer-%05d.example]}\n", i, i, i)
		}
		return text
	}
	write(t, place.Root, map[string]string{"Pulumi.many.yaml": tenants(1300), "Pulumi.few.yaml": tenants(900)})
	problems, err := Update(place)
	if err != nil {
		t.Fatal(err)
	}
	want := regexp.MustCompile(`^\S+/Pulumi\.many\.yaml: \d+ bytes of settings, and Linux lets Pulumi hand a program 131057: ` +
		`move tenants to files of their own, and name those with ai-serving:tenantFiles$`)
	if len(problems) != 1 || problems["many"] == nil || !want.MatchString(problems["many"].Error()) {
		t.Errorf("problems %v, want %s", problems, want)
	}
}

func TestAMistakeOfYAMLIsToldWithItsLineAndColumn(t *testing.T) {
	t.Parallel()
	place := newPlace(t)
	write(t, place.Root, map[string]string{"Pulumi.bad.yaml": "config:\n  a: 1\n  ai-serving:models:\n    chat: {image: [a}\n"})
	problems, err := Update(place)
	if err != nil {
		t.Fatal(err)
	}
	if want := "Pulumi.bad.yaml:4:21: is not YAML: "; problems["bad"] == nil || !strings.Contains(problems["bad"].Error(), want) {
		t.Errorf("problems %v, want %s", problems, want)
	}
}
