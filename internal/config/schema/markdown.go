package schema

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"ai-serving/internal/config"
)

const introduction = `# Configuration

<!-- Generated from the types and rules of internal/config by "make generate". -->

A stack file is ` + "`Pulumi.<stack>.yaml`" + `. Under ` + "`config`" + ` it has the sections below, each as ` + "`%[1]s:<section>`" + `, and ` + "`gcp:project`" + `, the Google Cloud project that everything on that side is made in. Secrets are keys of their own, set with ` + "`pulumi config set --secret`" + `; a section refers to one by its name.

With ` + "`# yaml-language-server: $schema=schema/stack.schema.json`" + ` as its first line, editors complete the file and mark mistakes. What a schema cannot say (that a host is one tenant's, that address spaces do not overlap, that a gateway has room) the program checks before it touches anything, and reports all at once, each with its file, line and column.

## Files of tenants

Tenants may stand in files of their own, beside the stack file. ` + "`%[1]s:tenantFiles`" + ` lists patterns of them, relative to the directory of ` + "`Pulumi.yaml`" + `:

` + "```yaml" + `
%[1]s:tenantFiles: [tenants/prod/*.yaml]
` + "```" + `

Such a file has one or several tenants under the key ` + "`tenants`" + `, with the keys that [` + "`tenants.<name>`" + `](#tenantsname) lists, and nothing else:

` + "```yaml" + `
# yaml-language-server: $schema=../../schema/tenants.schema.json
tenants:
  acme: {models: [chat, embed]}
` + "```" + `

A tenant stands in one place only: in one of the files, or in the stack file. In a pattern ` + "`*`" + ` stands for a part of one name; a pattern that matches no file is an error. Files outside of the project and symbolic links are refused: the same files have to be there on every machine.

A stack with hundreds of tenants needs such files: Pulumi hands a program the stack file's settings in one environment variable, of which Linux takes 128 KiB. The program warns from four fifths of that on.

## Sections

`

// Markdown is a page on the stack files of a project, with examples taken from
// some of them.
func Markdown(project string, sections []Section, examples Examples) (string, error) {
	var page strings.Builder
	fmt.Fprintf(&page, introduction, project)
	for i, section := range sections[1:] {
		fmt.Fprintf(&page, "%s- [`%s`](#%s)\n", strings.Repeat("  ", depth(sections[1:i+1], section)), section.Path, anchor(section.Path))
	}
	for _, section := range sections[1:] {
		fmt.Fprintf(&page, "\n## `%s`\n\n%s\n", section.Path, escape(section.Text))
		example, err := examples.of(project, section)
		if err != nil {
			return "", err
		}
		if example != "" {
			fmt.Fprintf(&page, "\n```yaml\n%s```\n", example)
		}
		page.WriteString(section.table())
	}
	return page.String(), nil
}

// depth is how many of the sections before it a section is within.
func depth(before []Section, section Section) int {
	n := 0
	for _, other := range before {
		if strings.HasPrefix(section.Path, other.Path+".") {
			n++
		}
	}
	return n
}

// anchor is what GitHub makes of a heading.
func anchor(heading string) string {
	return regexp.MustCompile(`[^a-z0-9 -]`).ReplaceAllString(strings.ToLower(heading), "")
}

func (s Section) table() string {
	var table strings.Builder
	table.WriteString("\n| key | type | default | allowed | description |\n|---|---|---|---|---|\n")
	for _, key := range s.Keys {
		fmt.Fprintf(&table, "| `%s` | %s | %s | %s | %s |\n",
			key.Key, kind(s.Path+"."+key.Key, key.Type), key.fallback(), escape(key.allowed()), escape(key.Text))
	}
	return table.String()
}

// kind says what a value is; an object of its own refers to its section.
func kind(path string, t reflect.Type) string {
	switch t.Kind() {
	case reflect.Pointer:
		return kind(path, t.Elem())
	case reflect.Map:
		return "map of " + plural(kind(path+".<name>", t.Elem()))
	case reflect.Slice:
		return "list of " + plural(kind(path+"[]", t.Elem()))
	case reflect.Struct:
		if t == reflect.TypeFor[config.Range]() {
			return "`{min, max}`"
		}
		return "[object](#" + anchor(path) + ")"
	default:
		return map[reflect.Kind]string{
			reflect.Bool: "true or false", reflect.Float64: "number", reflect.Int: "whole number", reflect.Int64: "whole number", reflect.String: "text",
		}[t.Kind()]
	}
}

// plural of "text" is "text".
func plural(kind string) string {
	return strings.NewReplacer("[object]", "[objects]", "list of", "lists of", "map of", "maps of").Replace(kind)
}

func (k Key) fallback() string {
	if k.Required {
		return "**required**"
	}
	if k.Default == nil {
		return ""
	}
	text, err := json.Marshal(k.Default)
	if err != nil {
		panic(err) // a default is of a type that comes from JSON
	}
	return "`" + strings.NewReplacer(`"`, "", ":", ": ", ",", ", ").Replace(string(text)) + "`"
}

// allowed says what a value is held to.
func (k Key) allowed() string {
	rules := k.Rules
	var all []string
	if text := say(rules.Keys); text != "" {
		all = append(all, "keys: "+text)
	}
	if text := say(rules.Value); text != "" {
		if _, each := element(k.Type); each {
			text = "each " + text
		}
		all = append(all, text)
	}
	for _, part := range []string{"min", "max"} {
		if text := say(rules.Parts[part].Value); text != "" {
			all = append(all, part+" "+text)
		}
	}
	if rules.Empty != "" {
		all = append(all, "at least one")
	}
	if rules.Most > 0 {
		all = append(all, fmt.Sprintf("%d at most", rules.Most))
	}
	return strings.Join(all, "; ")
}

func say(rule config.Rule) string {
	if rule.Says == "" && len(rule.Values) > 0 {
		return "`" + strings.Join(rule.Values, "`, `") + "`"
	}
	text := rule.Says
	if rule.List != nil {
		text += " (`" + rule.List.File + "`, or newer by [`platform.allow`](#platformallow))"
	}
	for _, beginning := range []string{"must be ", "the name must be ", "the value must be ", "the key must be ", "a variable's name must be "} {
		text = strings.TrimPrefix(text, beginning)
	}
	return text
}

// escape keeps a text from being markup.
func escape(text string) string {
	return placeholder.ReplaceAllString(strings.ReplaceAll(text, "|", `\|`), "`$0`")
}

// placeholder is a word of the reader's own, with what it is a part of.
var placeholder = regexp.MustCompile("[^\\s`(),;\"]*<[a-z]+>([^\\s`(),;\"]*[^\\s`(),;.:\"])?")
