package config_test

import (
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"ai-serving/internal/config"
	"ai-serving/internal/testkit/stackfile"
)

// withFiles is the good stack file with its tenants in other files.
func withFiles(patterns string) string {
	before, _, _ := strings.Cut(stack, "  ai-serving:tenants:\n")
	return before + "  ai-serving:tenantFiles: [" + patterns + "]\n"
}

// loadFiles loads a stack file in a project that has other files too.
func loadFiles(t *testing.T, text string, files map[string]string) (config.Config, error) {
	t.Helper()
	file, err := stackfile.Read("test", text)
	if err != nil {
		t.Fatal(err)
	}
	root := fstest.MapFS{"Pulumi.test.yaml": {Data: []byte(text)}}
	for name, content := range files {
		root[name] = &fstest.MapFile{Data: []byte(content)}
		if target, isLink := strings.CutPrefix(content, "-> "); isLink {
			root[name] = &fstest.MapFile{Data: []byte(target), Mode: fs.ModeSymlink}
		}
	}
	file.Root = root
	return config.Load(file)
}

func TestTenantsMayStandInFilesOfTheirOwn(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"tenants/acme.yaml":        "# yaml-language-server: $schema=../schema/tenants.schema.json\ntenants:\n  acme: {models: [chat, embed]}\n",
		"tenants/more/others.yaml": "tenants:\n  globex: {models: [chat], isolation: bridge}\n  initech:\n    models: [embed]\n",
		"tenants/README.md":        "no tenants",
	}
	got, err := loadFiles(t, withFiles("tenants/*.yaml, tenants/more/others.yaml"), files)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"acme", "globex", "initech"}; !slices.Equal(slices.Sorted(maps.Keys(got.Tenants)), want) {
		t.Errorf("tenants %v, want %v", slices.Sorted(maps.Keys(got.Tenants)), want)
	}
	if got.Tenants["globex"].Isolation != config.Bridge || got.Tenants["initech"].Hosts[0] != "initech.ai.example.com" {
		t.Errorf("globex %+v, initech %+v", got.Tenants["globex"], got.Tenants["initech"])
	}

	got, err = loadFiles(t, strings.Replace(stack, "  ai-serving:tenants:", "  ai-serving:tenantFiles: [tenants/more/*.yaml, tenants/more/o*.yaml]\n  ai-serving:tenants:", 1),
		map[string]string{"tenants/more/others.yaml": "tenants:\n  initech: {models: [embed]}\n"})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"acme", "globex", "initech"}; !slices.Equal(slices.Sorted(maps.Keys(got.Tenants)), want) {
		t.Errorf("with others in the stack file: tenants %v, want %v", slices.Sorted(maps.Keys(got.Tenants)), want)
	}
}

const acme = "tenants:\n  acme: {models: [chat]}\n"

var fileRefusals = map[string]struct {
	text  string
	files map[string]string
	want  []finding
}{
	"mistakes in several files": {
		withFiles("t/*.yaml"),
		map[string]string{
			"t/a.yaml": "tenants:\n  acme: {models: [chat], hosts: [ai.acme.example]}\n",
			"t/b.yaml": "tenants:\n  globex:\n    models: [chta]\n    isolaton: bridge\n",
			"t/c.yaml": "tenants:\n  Initech: {models: [chat], hosts: [AI.acme.example]}\n",
		},
		[]finding{
			{"t/b.yaml", 3, 14, `tenants.globex.models[0]: Invalid value: "chta": is not in the model catalogue (did you mean "chat"?): chat, embed`},
			{"t/b.yaml", 4, 5, `tenants.globex.isolaton: Forbidden: unknown key (did you mean "isolation"?); known are canary, costCenter, enabled, gateway, hosts, isolation, maxStreamSeconds, models, rateLimitPerMinute, regions, replicas, residency`},
			{"t/c.yaml", 2, 3, `tenants.Initech: Invalid value: "Initech": the name must be 1 to 30 lower-case letters, digits and single hyphens, a letter first, no hyphen last`},
			{"t/c.yaml", 2, 37, `tenants.Initech.hosts[0]: Invalid value: "AI.acme.example": must be a DNS name of two labels or more, of 63 characters at most each, in lower case, such as ai.example.com`},
		},
	},
	"a tenant in two files": {
		withFiles("t/*.yaml"),
		map[string]string{"t/a.yaml": acme, "t/b.yaml": "tenants:\n  globex: {models: [chat]}\n  acme: {models: [embed]}\n"},
		[]finding{{"t/b.yaml", 3, 3, "tenants.acme: the tenant is in t/a.yaml:2:3 already: take one of the two out"}},
	},
	"a tenant in the stack file and in another": {
		strings.Replace(stack, "  ai-serving:tenants:", "  ai-serving:tenantFiles: [t/a.yaml]\n  ai-serving:tenants:", 1),
		map[string]string{"t/a.yaml": acme},
		[]finding{{"t/a.yaml", 2, 3, "tenants.acme: the tenant is in Pulumi.test.yaml:34:5 already: take one of the two out"}},
	},
	"a host of two tenants in two files": {
		withFiles("t/*.yaml"),
		map[string]string{
			"t/a.yaml": "tenants:\n  acme: {models: [chat], hosts: [chat.acme.example]}\n",
			"t/b.yaml": "tenants:\n  globex: {models: [chat], hosts: [chat.acme.example]}\n",
		},
		[]finding{{"t/b.yaml", 2, 36, `tenants.globex.hosts[0]: Invalid value: "chat.acme.example": is taken by tenant "acme"`}},
	},
	"a key that stands twice, and an alias": {
		withFiles("t/a.yaml"),
		map[string]string{"t/a.yaml": "tenants:\n  acme: {models: &all [chat], models: [embed]}\n  globex: {models: *all}\n"},
		[]finding{
			{"t/a.yaml", 2, 31, `the key "models" is in line 2 already`},
			{"t/a.yaml", 3, 20, "*all is a YAML alias: write the value itself"},
		},
	},
	"two YAML documents": {
		withFiles("t/a.yaml"),
		map[string]string{"t/a.yaml": acme + "---\n" + acme},
		[]finding{{"t/a.yaml", 3, 1, `a second YAML document begins here and would be ignored: join it with the first, and remove the line "---"`}},
	},
	"no YAML": {
		withFiles("t/*.yaml"),
		map[string]string{
			"t/a.yaml": "tenants:\n  acme: {models: [chat]\n  globex: {models: [chat]}\n",
			"t/b.yaml": "tenants:\n  acme:\n\tmodels: [chat]\n",
			"t/c.yaml": "tenants:\n  acme:\n    models: [chat]\n   isolation: bridge\n",
			"t/d.yaml": "tenants:\n  acme: {models: [\"chat]}\n",
			"t/e.yaml": "tenants: *y\n",
		},
		[]finding{
			{"t/a.yaml", 3, 3, "is not YAML: ',' or '}' must be specified"},
			{"t/b.yaml", 3, 1, "is not YAML: found character '\t' that cannot start any token"},
			{"t/c.yaml", 4, 4, "is not YAML: value is not allowed in this context"},
			{"t/d.yaml", 2, 19, "is not YAML: could not find end character of double-quoted text"},
			{"t/e.yaml", 0, 0, "is not YAML: unknown anchor 'y' referenced"},
		},
	},
	"files of something else": {
		withFiles("t/*.yaml"),
		map[string]string{
			"t/a.yaml": "", "t/b.yaml": "# nothing\n", "t/c.yaml": "tenants: {}\n", "t/d.yaml": "tenants: [acme]\n",
			"t/e.yaml": "- acme\n", "t/f.yaml": "config:\n  ai-serving:tenants: {}\n", "t/g.yaml": acme + "models: {}\n",
		},
		[]finding{
			{"t/a.yaml", 0, 0, "has no tenants: name at least one, below the key tenants"},
			{"t/b.yaml", 0, 0, "has no tenants: name at least one, below the key tenants"},
			{"t/c.yaml", 0, 0, "has no tenants: name at least one, below the key tenants"},
			{"t/d.yaml", 0, 0, "has no tenants: name at least one, below the key tenants"},
			{"t/e.yaml", 0, 0, "has no tenants: name at least one, below the key tenants"},
			{"t/f.yaml", 0, 0, "has no tenants: name at least one, below the key tenants"},
			{"t/g.yaml", 3, 1, "models: unknown key; a file of tenants has the key tenants and no other"},
		},
	},
	"symbolic links": {
		withFiles("t/*.yaml, linked/a.yaml"),
		map[string]string{"t/a.yaml": "-> ../b.yaml", "b.yaml": acme, "linked": "-> real", "real/a.yaml": acme},
		[]finding{
			{"linked/a.yaml", 0, 0, "linked is a symbolic link: put the file itself into the project"},
			{"t/a.yaml", 0, 0, "t/a.yaml is a symbolic link: put the file itself into the project"},
		},
	},
	"a directory": {
		withFiles("t/*.yaml"),
		map[string]string{"t/a.yaml/b.yaml": acme},
		[]finding{{"t/a.yaml", 0, 0, "is not a file: the pattern has to match files only"}},
	},
	"patterns that leave the project, match nothing or are none": {
		withFiles(`../t/*.yaml, /t/a.yaml, t/**/*.yaml, t/*.yaml, "t/[.yaml", t/*, t//a.yaml`),
		map[string]string{"a.yaml": acme},
		[]finding{
			{"Pulumi.test.yaml", 32, 28, `ai-serving:tenantFiles[0]: Invalid value: "../t/*.yaml": must be a path below the project, without "..", and without "**": * stands for a part of one name`},
			{"Pulumi.test.yaml", 32, 41, `ai-serving:tenantFiles[1]: Invalid value: "/t/a.yaml": must be a pattern of YAML files below the project's directory, such as tenants/prod/*.yaml`},
			{"Pulumi.test.yaml", 32, 52, `ai-serving:tenantFiles[2]: Invalid value: "t/**/*.yaml": must be a path below the project, without "..", and without "**": * stands for a part of one name`},
			{"Pulumi.test.yaml", 32, 65, `ai-serving:tenantFiles[3]: Invalid value: "t/*.yaml": matches no file of the project: add one, or take the pattern out`},
			{"Pulumi.test.yaml", 32, 75, `ai-serving:tenantFiles[4]: Invalid value: "t/[.yaml": is not a pattern: syntax error in pattern`},
			{"Pulumi.test.yaml", 32, 87, `ai-serving:tenantFiles[5]: Invalid value: "t/*": must be a pattern of YAML files below the project's directory, such as tenants/prod/*.yaml`},
			{"Pulumi.test.yaml", 32, 92, `ai-serving:tenantFiles[6]: Invalid value: "t//a.yaml": must be a path below the project, without "..", and without "**": * stands for a part of one name`},
		},
	},
	"no pattern, and no tenants": {
		withFiles(""), nil,
		[]finding{{"Pulumi.test.yaml", 32, 3, "ai-serving:tenantFiles: Required value: name at least one pattern of files, or leave the key out"}},
	},
	"a date without quotes": {
		withFiles("t/a.yaml"),
		map[string]string{"t/a.yaml": "tenants:\n  acme:\n    models: [chat]\n    costCenter: 2024-08-06\n"},
		[]finding{{"t/a.yaml", 4, 17, "tenants.acme.costCenter: Invalid value: 2024-08-06: must be a string: put it in quotes"}},
	},
}

func TestABadFileOfTenantsIsRefusedWithEveryReason(t *testing.T) {
	t.Parallel()
	for name, refused := range fileRefusals {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := loadFiles(t, refused.text, refused.files)
			if err == nil {
				t.Fatal("the files were accepted")
			}
			if diff := cmp.Diff(refused.want, findings(err), cmp.AllowUnexported(finding{})); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
