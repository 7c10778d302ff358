package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"text/template"
	"time"

	"github.com/prometheus/procfs"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

var page = template.Must(template.New("").Funcs(template.FuncMap{
	"seconds": func(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) },
	"name":    name,
	"mebi":    func(bytes uint64) string { return fmt.Sprintf("%d MiB", bytes>>20) },
}).Parse(`# Benchmarks

Written by ` + "`make bench`" + ` on {{.Cores}} cores and {{.Memory}} GiB of memory, with {{.Go}}. Previews are the median of {{.Rounds}}, each measured in turn with the other; memory is the peak of the engine with its plugins, its language host and the program.

| preview, nothing to change | wall | memory, all | memory, program |
|---|---|---|---|
| dev stack, {{.Resources}} resources | {{seconds .Preview.Wall}} | {{mebi .Preview.Total}} | {{mebi .Preview.Program}} |
| empty program | {{seconds .Empty.Wall}} | {{mebi .Empty.Total}} | {{mebi .Empty.Program}} |
| ratio | {{printf "%.1f" .WallRatio}} | {{printf "%.1f" .MemoryRatio}} | |

| deployment | wall | memory, all | resources |
|---|---|---|---|
| up of the dev stack, all built | {{seconds .Up.Wall}} | {{mebi .Up.Total}} | {{.Resources}} |

## In clouds that take their time

With ` + "`SANDBOX_LATENCY=1/60`" + ` an operation takes a second for each minute that it takes in its cloud.

| up of the dev stack | time |
|---|---|
| longest chain of creations, by the latencies alone | {{seconds .Slow.Least}} |
| wall | {{seconds .Slow.Wall}} |
| ratio | {{printf "%.2f" .Slow.Ratio}} |

The longest chain, in the time of the clouds:

| resource | takes | is there after |
|---|---|---|
{{range .Slow.Chain}}| {{name .URN}} | {{.Takes}} | {{.Ends}} |
{{end}}`))

// name is a resource's type and name.
func name(text string) string {
	urn := resource.URN(text)
	return fmt.Sprintf("`%s` %s", urn.Type(), urn.Name())
}

// report renders the page.
func report(r results) (string, error) {
	system, err := procfs.NewDefaultFS()
	if err != nil {
		return "", err
	}
	memory, err := system.Meminfo()
	if err != nil {
		return "", err
	}
	if memory.MemTotal == nil {
		return "", fmt.Errorf("the size of the memory: %w", os.ErrNotExist)
	}
	var text strings.Builder
	err = page.Execute(&text, map[string]any{
		"Cores": runtime.NumCPU(), "Memory": *memory.MemTotal >> 20, "Go": runtime.Version(), "Rounds": rounds,
		"Resources": r.resources, "Up": r.up, "Preview": r.preview, "Empty": r.empty, "Slow": r.slow,
		"WallRatio":   float64(r.preview.Wall) / float64(r.empty.Wall),
		"MemoryRatio": float64(r.preview.Total) / float64(r.empty.Total),
	})
	return text.String(), err
}
