package gke

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/container"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/topology"
)

func TestAMaintenanceWindowIsOfEveryWeekAndMayEndOnTheNextDay(t *testing.T) {
	t.Parallel()
	got := maintenancePolicy(&topology.Maintenance{
		Days: []string{"saturday", "sunday"}, Start: "22:30", Hours: 8,
		Exclusions: []topology.MaintenanceExclusion{{Name: "launch", Start: "2027-01-11T00:00:00Z", End: "2027-01-25T00:00:00Z", Scope: "no-minor-or-node-upgrades"}},
	})
	want := &container.ClusterMaintenancePolicyArgs{
		RecurringWindow: &container.ClusterMaintenancePolicyRecurringWindowArgs{
			StartTime:  pulumi.String("2024-01-01T22:30:00Z"),
			EndTime:    pulumi.String("2024-01-02T06:30:00Z"),
			Recurrence: pulumi.String("FREQ=WEEKLY;BYDAY=SA,SU"),
		},
		MaintenanceExclusions: container.ClusterMaintenancePolicyMaintenanceExclusionArray{container.ClusterMaintenancePolicyMaintenanceExclusionArgs{
			ExclusionName: pulumi.String("launch"),
			StartTime:     pulumi.String("2027-01-11T00:00:00Z"),
			EndTime:       pulumi.String("2027-01-25T00:00:00Z"),
			ExclusionOptions: &container.ClusterMaintenancePolicyMaintenanceExclusionExclusionOptionsArgs{
				Scope: pulumi.String("NO_MINOR_OR_NODE_UPGRADES"),
			},
		}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestWithoutAWindowGKEMayUpgradeAtAnyTime(t *testing.T) {
	t.Parallel()
	if got := maintenancePolicy(nil); got != nil {
		t.Errorf("%+v", got)
	}
}
