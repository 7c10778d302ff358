package main

import (
	"fmt"
	"math"
	"os"
	"runtime"
	"strings"
	"text/template"
	"time"

	"github.com/prometheus/procfs"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

var page = template.Must(template.New("").Funcs(template.FuncMap{
	"seconds": seconds,
	"fine":    func(d time.Duration) string { return fmt.Sprintf("%.2f s", d.Seconds()) },
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
{{end}}
## Many tenants

Previews of stacks that are not deployed, with the settings of the dev stack and other tenants, which stand in files of 500; an entry of the pool has 137 characters. The median of {{.GrowthRounds}}. The program alone is run with a monitor in the engine's place that answers at once: its time and memory are its own.

| tenants | resources | preview, wall | memory, all | program alone, wall | memory |
|---|---|---|---|---|---|
{{range .Pooled}}| {{.Tenants}} pooled | {{.Program.Resources}} | {{seconds .Preview.Wall}} | {{mebi .Preview.Total}} | {{fine .Program.Wall}} | {{mebi .Program.Memory}} |
{{end}}{{range .Bridge}}| {{.Tenants}} bridge | {{.Program.Resources}} | {{seconds .Preview.Wall}} | {{mebi .Preview.Total}} | {{fine .Program.Wall}} | {{mebi .Program.Memory}} |
{{end}}
| a tenant more adds | resources | preview, wall | memory, all | program alone, wall |
|---|---|---|---|---|
{{range .Slopes}}| {{.Kind}} | {{printf "%.1f" .Resources}} | {{printf "%.1f ms" .Preview}} | {{printf "%.0f KiB" .Memory}} | {{printf "%.2f ms" .Program}} |
{{end}}
It is the slope of the figures by least squares. Growth is no worse than linear where a tenant among 10,000 takes no more than one among 100: it takes {{printf "%.2f" .PreviewRatio}} of that in a preview, and {{printf "%.2f" .ProgramRatio}} in the program alone.

` + "```mermaid" + `
xychart-beta
    title "Preview of pooled tenants: all, and below it the program alone"
    x-axis "tenants" {{(index .Plot 0).Tenants}} --> {{(index .Plot .Last).Tenants}}
    y-axis "seconds" 0 --> {{printf "%.0f" .Top}}
    line [{{range $i, $one := .Plot}}{{if $i}}, {{end}}{{printf "%.2f" $one.Preview.Wall.Seconds}}{{end}}]
    line [{{range $i, $one := .Plot}}{{if $i}}, {{end}}{{printf "%.2f" $one.Program.Wall.Seconds}}{{end}}]
` + "```" + `
`))

// slopes are what a tenant more adds.
type slopes struct {
	Kind string
	// Preview and Program are in milliseconds, Memory in KiB.
	Resources, Preview, Memory, Program float64
}

func slopesOf(kind string, all []grown) slopes {
	return slopes{
		Kind:      kind,
		Resources: slope(all, func(g grown) float64 { return float64(g.Program.Resources) }),
		Preview:   1000 * slope(all, previewWall),
		Memory:    slope(all, previewMemory) / 1024,
		Program:   1000 * slope(all, programWall),
	}
}

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
	plot, top := plotted(r.pooled), 0.0
	for _, one := range plot {
		top = max(top, math.Ceil(previewWall(one)))
	}
	var text strings.Builder
	err = page.Execute(&text, map[string]any{
		"Cores": runtime.NumCPU(), "Memory": *memory.MemTotal >> 20, "Go": runtime.Version(), "Rounds": rounds,
		"Resources": r.resources, "Up": r.up, "Preview": r.preview, "Empty": r.empty, "Slow": r.slow,
		"WallRatio":   float64(r.preview.Wall) / float64(r.empty.Wall),
		"MemoryRatio": float64(r.preview.Total) / float64(r.empty.Total),

		"GrowthRounds": growthRounds, "Pooled": r.pooled, "Bridge": r.bridge,
		"Slopes":       []slopes{slopesOf("pooled", r.pooled), slopesOf("bridge", r.bridge)},
		"PreviewRatio": perTenant(r.pooled, 100, previewWall), "ProgramRatio": perTenant(r.pooled, 100, programWall),
		"Plot": plot, "Last": len(plot) - 1, "Top": top,
	})
	return text.String(), err
}
