// Command pulumi-resource-gcp is the sandbox's Google Cloud provider plugin.
// The Pulumi engine starts it.
package main

import (
	"os"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"

	"ai-serving/sandbox/gcp"
)

func main() {
	// Programs in Go need no package schema at run time: the engine asks for
	// one only to generate code and for programs in YAML.
	tfbridge.Main(gcp.Name, gcp.Version, gcp.Provider(os.Getenv("SANDBOX_HOME")), nil)
}
