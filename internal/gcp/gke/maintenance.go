package gke

import (
	"strings"
	"time"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/container"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/topology"
)

// firstDay is a day before which no window was: the window is then of every week. It
// never changes, because GKE keeps it.
const firstDay = "2024-01-01T"

// scope is GKE's name for a scope of the stack file: NO_UPGRADES for no-upgrades.
func scope(name string) string {
	return strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
}

// maintenancePolicy is a weekly window with its exclusions, in UTC; nil lets GKE upgrade
// at any time. It changes in place. The recurrence is one of RFC 5545, as
// docs.cloud.google.com/kubernetes-engine/docs/concepts/maintenance-windows-and-exclusions
// describes it.
func maintenancePolicy(m *topology.Maintenance) *container.ClusterMaintenancePolicyArgs {
	if m == nil {
		return nil
	}
	start, err := time.Parse(time.RFC3339, firstDay+m.Start+":00Z")
	if err != nil {
		panic(err) // the configuration is valid
	}
	args := &container.ClusterMaintenancePolicyArgs{
		RecurringWindow: &container.ClusterMaintenancePolicyRecurringWindowArgs{
			StartTime:  pulumi.String(start.Format(time.RFC3339)),
			EndTime:    pulumi.String(start.Add(time.Duration(m.Hours) * time.Hour).Format(time.RFC3339)),
			Recurrence: pulumi.String("FREQ=WEEKLY;BYDAY=" + strings.Join(shortDays(m.Days), ",")),
		},
	}
	exclusions := container.ClusterMaintenancePolicyMaintenanceExclusionArray{}
	for _, exclusion := range m.Exclusions {
		exclusions = append(exclusions, container.ClusterMaintenancePolicyMaintenanceExclusionArgs{
			ExclusionName: pulumi.String(exclusion.Name),
			StartTime:     pulumi.String(exclusion.Start),
			EndTime:       pulumi.String(exclusion.End),
			ExclusionOptions: &container.ClusterMaintenancePolicyMaintenanceExclusionExclusionOptionsArgs{
				Scope: pulumi.String(scope(exclusion.Scope)),
			},
		})
	}
	if len(exclusions) > 0 {
		args.MaintenanceExclusions = exclusions
	}
	return args
}

// shortDays are the days as RFC 5545 has them: MO, TU.
func shortDays(days []string) []string {
	short := make([]string, len(days))
	for i, day := range days {
		short[i] = strings.ToUpper(day[:2])
	}
	return short
}
