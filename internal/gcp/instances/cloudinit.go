package instances

import (
	"embed"
	"fmt"
	"strings"
	"text/template"

	"ai-serving/internal/topology"
)

//go:embed files/*.tmpl
var files embed.FS

var templates = template.Must(template.New("").Option("missingkey=error").ParseFS(files, "files/*.tmpl"))

// file is one that cloud-init writes.
type file struct{ Path, Content string }

// Indented is the content as a block of YAML, below write_files.
func (f file) Indented() string {
	lines := strings.Split(strings.TrimRight(f.Content, "\n"), "\n")
	for i, line := range lines {
		if line != "" {
			lines[i] = "      " + line
		}
	}
	return strings.Join(lines, "\n")
}

// cloudInit is the user data of the virtual machines of a group, whose secrets are
// in Secret Manager.
func cloudInit(group topology.InstanceGroup, secrets []secret) (string, error) {
	all, err := filesOf(group, secrets)
	if err != nil {
		return "", fmt.Errorf("cloud-init: %w", err)
	}
	return fill("cloud-init.yaml", all)
}

// filesOf are those of the unit of the model's server, and of the steps before it.
// Each step goes on until it is done: a unit that another one requires may not fail.
func filesOf(group topology.InstanceGroup, secrets []secret) ([]file, error) {
	steps := stepsOf(group, secrets)
	unit, err := fill("model.service", unitOf(group, steps))
	if err != nil {
		return nil, err
	}
	prepare, err := fill("prepare.sh", map[string]any{"Directories": machineDirectories(directories(group.Server))})
	if err != nil {
		return nil, err
	}
	all := []file{{"/etc/systemd/system/model.service", unit}, {"/etc/model/prepare.sh", prepare}}
	for _, step := range steps {
		unit, err := fill("step.service", step)
		if err != nil {
			return nil, err
		}
		script, err := fill(step.Name+".sh", step.values)
		if err != nil {
			return nil, err
		}
		all = append(all, file{"/etc/systemd/system/" + step.unit(), unit}, file{"/etc/model/" + step.Name + ".sh", script})
	}
	return all, nil
}

func fill(name string, values any) (string, error) {
	var text strings.Builder
	if err := templates.ExecuteTemplate(&text, name+".tmpl", values); err != nil {
		return "", err
	}
	return text.String(), nil
}
