package cli

import (
	"net/url"
	"os"
	"path/filepath"

	"ai-serving/sandbox/home"
	"ai-serving/sandbox/project"
	"ai-serving/sandbox/stacks"
)

// foreign are the variables that would make the engine store its state in another
// way, or take another passphrase.
var foreign = []string{
	"PULUMI_CONFIG_PASSPHRASE_FILE",
	"PULUMI_DIY_BACKEND_GZIP", "PULUMI_SELF_MANAGED_STATE_GZIP", "PULUMI_DIY_BACKEND_ZSTD", "PULUMI_DIY_BACKEND_LEGACY_LAYOUT",
	"PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS",
}

// environment is what the engine, the program and the plugins find in a sandbox.
func environment(place stacks.Place) map[string]string {
	// Without a file of metadata beside each state, which is not written at one
	// stroke: a kill would leave half of it.
	backend := url.URL{Scheme: "file", Path: filepath.Join(place.Home, "state"), RawQuery: "metadata=skip"}
	return map[string]string{
		home.Variable:        place.Home,
		"PATH":               filepath.Join(home.Built(place.Root), "bin") + string(filepath.ListSeparator) + os.Getenv("PATH"),
		"PULUMI_HOME":        pulumiHome(place),
		"PULUMI_BACKEND_URL": backend.String(),
		// Where the program finds the files of the project. The engine sets it for
		// newer language hosts only.
		"PULUMI_ROOT_DIRECTORY":    project.Directory(place.Home),
		"PULUMI_CONFIG_PASSPHRASE": project.Passphrase,
		"PULUMI_SKIP_UPDATE_CHECK": "true",
		// Only the sandbox's plugins: none is downloaded, none on PATH is taken.
		"PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
		"PULUMI_IGNORE_AMBIENT_PLUGINS":               "true",
		// "go run" links the program only when it has changed.
		"PULUMI_GO_USE_RUN": "true",
	}
}

func pulumiHome(place stacks.Place) string { return filepath.Join(place.Home, "pulumi-home") }
