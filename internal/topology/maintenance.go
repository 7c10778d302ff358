package topology

import "ai-serving/internal/config"

// Maintenance is when Google may upgrade a cluster and its nodes, each week, in UTC.
type Maintenance struct {
	Days  []string // "saturday"
	Start string   // "03:00"
	Hours int
	// Exclusions are sorted by name.
	Exclusions []MaintenanceExclusion
}

// MaintenanceExclusion is a time in which Google leaves upgrades out.
type MaintenanceExclusion struct {
	Name       string
	Start, End string // RFC 3339
	// Scope is "no-upgrades", "no-minor-or-node-upgrades" or "no-minor-upgrades".
	Scope string
}

func maintenance(entry *config.Maintenance) *Maintenance {
	if entry == nil {
		return nil
	}
	m := &Maintenance{Start: entry.Start, Hours: entry.Hours}
	for _, day := range entry.Days {
		m.Days = append(m.Days, string(day))
	}
	for _, name := range sortedKeys(entry.Exclusions) {
		exclusion := entry.Exclusions[name]
		m.Exclusions = append(m.Exclusions, MaintenanceExclusion{name, exclusion.Start, exclusion.End, string(exclusion.Scope)})
	}
	return m
}
