// Command kubernetes-provider is Pulumi's own Kubernetes provider. The plugin that
// Pulumi distributes has the schema and the mapping of the package beside it, which
// only code generators and converters read.
package main

import "github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"

// version is set by the build.
var version string

func main() {
	provider.Serve("kubernetes", version, []byte("{}"), []byte("{}"))
}
