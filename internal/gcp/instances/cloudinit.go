package instances

import (
	_ "embed"
	"fmt"
	"strings"
	"text/template"

	"ai-serving/internal/topology"
)

//go:embed cloud-init.yaml.tmpl
var cloudInitText string

var cloudInitTemplate = template.Must(template.New("cloud-init").Option("missingkey=error").Parse(cloudInitText))

// killSeconds is what systemd allows beyond the container's own time to stop.
const killSeconds = 10

// cloudInit is the user data of the virtual machines that serve a workload.
func cloudInit(workload topology.Workload) (string, error) {
	var text strings.Builder
	err := cloudInitTemplate.Execute(&text, map[string]any{
		"Workload":     workload.Key,
		"Image":        workload.Image,
		"Registry":     googleRegistry(workload.Image),
		"Port":         workload.Port,
		"GraceSeconds": workload.Timeouts.Grace,
		"StopSeconds":  workload.Timeouts.Grace + killSeconds,
	})
	if err != nil {
		return "", fmt.Errorf("cloud-init: %w", err)
	}
	return text.String(), nil
}

// googleRegistry is the host of the image's registry if it is one of Google's,
// which the machine's service account can read; "" if not.
func googleRegistry(image string) string {
	host, _, found := strings.Cut(image, "/")
	if found && (host == "gcr.io" || strings.HasSuffix(host, ".gcr.io") || strings.HasSuffix(host, ".pkg.dev")) {
		return host
	}
	return ""
}
