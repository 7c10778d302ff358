package static

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ai-serving/internal/testkit"
)

func record(t *testing.T) *testkit.Recording {
	t.Helper()
	recording, err := testkit.Run(testkit.Program{Project: "ai-serving", Stack: "test"}, func(ctx *pulumi.Context) error {
		_, err := New(ctx, "static", Args{Project: pulumi.String("project"), Location: "EU", Labels: map[string]string{"stack": "test"}, Protect: true})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return recording
}

func find(t *testing.T, recording *testkit.Recording, token, name string) testkit.Resource {
	t.Helper()
	found, ok := recording.Find(token, name)
	if !ok {
		t.Fatalf("no %s %q", token, name)
	}
	return found
}

func TestTheBucketIsReadByTheLoadBalancerAlone(t *testing.T) {
	t.Parallel()
	recording := record(t)
	bucket := find(t, recording, "gcp:storage/bucket:Bucket", "static").Inputs.Mappable()
	if bucket["publicAccessPrevention"] != "enforced" || bucket["uniformBucketLevelAccess"] != true {
		t.Errorf("the bucket can be made public: %v", bucket)
	}
	members := recording.OfType("gcp:storage/bucketIAMMember:BucketIAMMember")
	if len(members) != 1 {
		t.Fatalf("%d members, want 1", len(members))
	}
	want := map[string]any{
		"bucket": bucketName(t, recording),
		"role":   "roles/storage.objectViewer",
		"member": "serviceAccount:service-123456789012@https-lb.iam.gserviceaccount.com",
	}
	if diff := cmp.Diff(want, members[0].Inputs.Mappable()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	// The account comes with the project's first backend bucket.
	backend := find(t, recording, "gcp:compute/backendBucket:BackendBucket", "static")
	if !slices.Contains(members[0].Dependencies, backend.URN) {
		t.Errorf("the role is granted without waiting for the backend bucket")
	}
}

func bucketName(t *testing.T, recording *testkit.Recording) any {
	t.Helper()
	return find(t, recording, "gcp:compute/backendBucket:BackendBucket", "static").Inputs.Mappable()["bucketName"]
}

func TestTheContentIsProtected(t *testing.T) {
	t.Parallel()
	if !find(t, record(t), "gcp:storage/bucket:Bucket", "static").Options.Protect {
		t.Error("the bucket is not protected")
	}
}
