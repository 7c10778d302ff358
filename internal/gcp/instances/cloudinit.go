package instances

import (
	_ "embed"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/template"

	"k8s.io/apimachinery/pkg/api/resource"

	"ai-serving/internal/config"
	"ai-serving/internal/topology"
)

//go:embed cloud-init.yaml.tmpl
var cloudInitText string

var cloudInitTemplate = template.Must(template.New("cloud-init").Option("missingkey=error").Parse(cloudInitText))

// killSeconds is what systemd allows beyond the container's own time to stop.
const killSeconds = 10

// cloudInit is the user data of the virtual machines of a group.
func cloudInit(group topology.InstanceGroup) (string, error) {
	var text strings.Builder
	workload := group.Workload
	err := cloudInitTemplate.Execute(&text, map[string]any{
		"Workload":     workload.Key,
		"Image":        group.Server.Image,
		"Registry":     googleRegistry(group.Server.Image),
		"Directories":  directories(group.Server),
		"Run":          strings.Join(runArguments(group), " "),
		"GraceSeconds": workload.Timeouts.Grace,
		"StopSeconds":  workload.Timeouts.Grace + killSeconds,
	})
	if err != nil {
		return "", fmt.Errorf("cloud-init: %w", err)
	}
	return text.String(), nil
}

// runArguments are the arguments of docker run, each quoted for systemd.
func runArguments(group topology.InstanceGroup) []string {
	port := strconv.Itoa(group.Workload.Port)
	arguments := []string{"--name", "model", "--publish", port + ":" + port, "--security-opt", "no-new-privileges"}
	if user := group.Server.User; user != 0 {
		arguments = append(arguments, "--user", fmt.Sprintf("%d:%d", user, user))
	}
	if shared := group.Server.SharedMemory; shared != "" {
		arguments = append(arguments, "--shm-size", dockerSize(shared))
	}
	for i, directory := range directories(group.Server) {
		arguments = append(arguments, "--volume", directory+":"+group.Server.Writable[i])
	}
	for _, name := range slices.Sorted(maps.Keys(group.Server.Environment)) {
		arguments = append(arguments, "--env", name+"="+group.Server.Environment[name])
	}
	command := group.Server.Command
	if len(command) > 0 {
		arguments = append(arguments, "--entrypoint", command[0])
		command = command[1:]
	}
	arguments = append(arguments, group.Server.Image)
	arguments = slices.Concat(arguments, command, group.Server.Args)
	for i, argument := range arguments {
		arguments[i] = systemdWord(argument)
	}
	return arguments
}

// directories are on the machine's disk, one for each of the server's writable
// directories, in the same order. Any user may write into them.
// Container-Optimized OS keeps /var/lib when it restarts.
// See cloud.google.com/container-optimized-os/docs/concepts/disks-and-filesystem.
func directories(server config.Server) []string {
	var all []string
	for i := range server.Writable {
		all = append(all, fmt.Sprintf("/var/lib/model/writable-%d", i+1))
	}
	return all
}

// dockerSize is a quantity in bytes, which Docker takes.
func dockerSize(quantity string) string {
	size := resource.MustParse(quantity) // a rule of package config has it in this form
	return strconv.FormatInt(size.Value(), 10)
}

// plainWord is one that systemd takes as it is.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9_=:/.,@+-]+$`)

// systemdSigns are those that mean something to systemd in a word in quotes.
var systemdSigns = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "%", "%%", "$", "$$", "\n", `\n`, "\t", `\t`)

// systemdWord is an argument as systemd reads one in a command line: in quotes, with
// its own signs doubled. A line of a unit's file has no line breaks.
// See systemd.syntax(7), "Quoting", and systemd.service(5), "Command lines".
func systemdWord(argument string) string {
	if plainWord.MatchString(argument) {
		return argument
	}
	return `"` + systemdSigns.Replace(argument) + `"`
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
