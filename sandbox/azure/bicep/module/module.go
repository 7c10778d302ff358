// Package module finds the Go module that Microsoft publishes its type
// definitions in.
package module

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"

	// Requires the module, at the version in go.mod. The definitions lie in
	// its internal directory, which is read as files.
	_ "github.com/Azure/terraform-provider-azapi/version"
)

const (
	path        = "github.com/Azure/terraform-provider-azapi"
	definitions = "internal/azure/generated"
)

// Definitions gives the module's type definitions, downloading the module if
// the module cache does not have it. It needs the go command.
func Definitions() (fs.FS, error) {
	var stdout, stderr bytes.Buffer
	download := exec.Command("go", "mod", "download", "-json", path)
	download.Stdout, download.Stderr = &stdout, &stderr
	if err := download.Run(); err != nil {
		return nil, fmt.Errorf("go mod download %s: %w: %s%s", path, err, stderr.String(), stdout.String())
	}
	var module struct{ Dir string }
	if err := json.Unmarshal(stdout.Bytes(), &module); err != nil {
		return nil, fmt.Errorf("go mod download %s: %w", path, err)
	}
	return fs.Sub(os.DirFS(module.Dir), definitions)
}
