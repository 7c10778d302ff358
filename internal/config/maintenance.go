package config

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Maintenance is when GKE may upgrade a region's cluster and replace its nodes. Give the
// regions different days: then never two of them are upgraded at once.
type Maintenance struct {
	// Days are days of the week, in UTC.
	Days []Weekday `json:"days"`
	// Start is a time of day in UTC: "03:00".
	Start string `json:"start"`
	// Hours is how long the window is. GKE asks for 4 hours at a time at least, and for
	// 48 within 32 days: 12 in a week.
	Hours int `json:"hours"`
	// Exclusions are times in which GKE leaves upgrades out though the window is open, by
	// name, such as the days of a launch.
	Exclusions map[string]MaintenanceExclusion `json:"exclusions,omitempty"`
}

// Weekday is a day of the week.
type Weekday string

// weekdays are in their order.
var weekdays = []Weekday{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}

// MaintenanceExclusion is a time in which GKE leaves some upgrades out.
type MaintenanceExclusion struct {
	// Start is a point in time in UTC: "2026-12-18T00:00:00Z".
	Start string `json:"start"`
	// End is one after it.
	End string `json:"end"`
	// Scope is what is left out: no-upgrades leaves out all, no-minor-or-node-upgrades
	// lets patches of the control plane through, and no-minor-upgrades those of the nodes
	// too.
	Scope ExclusionScope `json:"scope"`
}

// ExclusionScope is a scope of GKE's.
type ExclusionScope string

// The scopes.
const (
	NoUpgrades            ExclusionScope = "no-upgrades"
	NoMinorOrNodeUpgrades ExclusionScope = "no-minor-or-node-upgrades"
	NoMinorUpgrades       ExclusionScope = "no-minor-upgrades"
)

var exclusionScopes = []ExclusionScope{NoUpgrades, NoMinorOrNodeUpgrades, NoMinorUpgrades}

// What GKE asks of windows and exclusions
// (cloud.google.com/kubernetes-engine/docs/concepts/maintenance-windows-and-exclusions,
// as of 2026-11).
const (
	leastWindowHours         = 4
	leastWeeklyHours         = 12
	mostWindowHours          = 24
	maxMaintenanceExclusions = 20
	maxFreezes               = 3 // without any upgrade
	maxFreezeDuration        = 30 * 24 * time.Hour
)

// validateMaintenance refuses a window that is too short for GKE.
func validateMaintenance(path *field.Path, m *Maintenance) field.ErrorList {
	if m == nil {
		return nil
	}
	var errs field.ErrorList
	if len(m.Days) == 0 {
		return field.ErrorList{field.Required(path.Child("days"), "name at least one day of the week, or leave the window out: GKE upgrades at any time then")}
	}
	for i, day := range m.Days {
		if slices.Contains(m.Days[:i], day) {
			errs = append(errs, field.Duplicate(path.Child("days").Index(i), day))
		}
	}
	if weekly := len(m.Days) * m.Hours; m.Hours >= leastWindowHours && weekly < leastWeeklyHours {
		errs = append(errs, field.Invalid(path.Child("hours"), m.Hours, fmt.Sprintf(
			"are %d in a week with %d days: GKE asks for %d at least: name more days, or take more hours", weekly, len(m.Days), leastWeeklyHours)))
	}
	return append(errs, validateExclusions(path.Child("exclusions"), m.Exclusions)...)
}

// validateExclusions refuses exclusions that GKE does.
func validateExclusions(path *field.Path, exclusions map[string]MaintenanceExclusion) field.ErrorList {
	var errs field.ErrorList
	freezes := 0
	for _, name := range slices.Sorted(maps.Keys(exclusions)) {
		exclusion, at := exclusions[name], path.Child(name)
		start, err := time.Parse(time.RFC3339, exclusion.Start)
		if err != nil {
			errs = append(errs, field.Invalid(at.Child("start"), exclusion.Start, "is no day of the calendar, or no time of the day"))
			continue
		}
		end, err := time.Parse(time.RFC3339, exclusion.End)
		if err != nil {
			errs = append(errs, field.Invalid(at.Child("end"), exclusion.End, "is no day of the calendar, or no time of the day"))
			continue
		}
		if exclusion.Scope == NoUpgrades {
			freezes++
		}
		switch long := end.Sub(start); {
		case long <= 0:
			errs = append(errs, field.Invalid(at.Child("end"), exclusion.End, "must be after the start, "+exclusion.Start))
		case exclusion.Scope == NoUpgrades && long > maxFreezeDuration:
			errs = append(errs, field.Invalid(at.Child("end"), exclusion.End, fmt.Sprintf(
				"is %.0f days after the start: GKE allows 30 without any upgrade: end it earlier, or take the scope %s", long.Hours()/24, NoMinorOrNodeUpgrades)))
		}
	}
	if freezes > maxFreezes {
		errs = append(errs, field.TooMany(path, freezes, maxFreezes))
	}
	return errs
}
