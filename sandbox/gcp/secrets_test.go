package gcp

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ai-serving/sandbox/given"
	"ai-serving/sandbox/store"
)

// TestSecretTypes leads a secret, its versions and the roles on it through their lives.
func TestSecretTypes(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	inputs := in{"secretId": "token", "labels": in{"model": "chat"}, "replication": in{"userManaged": in{"replicas": []any{in{"location": testRegion}}}}}
	secret := s.make("secretmanager/secret:Secret", "token", inputs)
	s.checkUnchanged(secret, inputs)
	member := "serviceAccount:" + s.find("serviceaccount/account:Account", "machines").text("email")
	reader := s.make("secretmanager/secretIamMember:SecretIamMember", "token", in{
		"secretId": secret.id, "role": "roles/secretmanager.secretAccessor", "member": member,
	})
	s.checkUnchanged(reader, s.inputs[reader.id])

	first := s.make("secretmanager/secretVersion:SecretVersion", "first", in{"secret": secret.id, "secretData": "hunter2", "deletionPolicy": "DELETE"})
	s.checkUnchanged(first, s.inputs[first.id])
	other := in{"secret": secret.id, "secretData": "hunter3", "deletionPolicy": "DELETE"}
	if diff := s.diff(first, other); !slices.Contains(diff.GetReplaces(), "secretData") {
		t.Errorf("another value is another version; replaced for %v", diff.GetReplaces())
	}
	second := s.make("secretmanager/secretVersion:SecretVersion", "second", other)
	if first.id != secret.id+"/versions/1" || second.text("name") != secret.id+"/versions/2" {
		t.Errorf("the versions are %s and %s", first.id, second.text("name"))
	}
	if !second.outputs["secretData"].IsSecret() || second.text("secretData") != "hunter3" {
		t.Errorf("the value is %v", second.outputs["secretData"])
	}
	if err := s.delete(first); err != nil {
		t.Fatal(err)
	}
	s.checkUnchanged(second, other)
	for _, m := range []made{second, reader, secret} {
		if err := s.delete(m); err != nil {
			t.Errorf("delete %s: %v", m.id, err)
		}
	}
}

func TestAVersionIsOfASecretThatThereIs(t *testing.T) {
	t.Parallel()
	_, err := newStack(t).tryCreate("secretmanager/secretVersion:SecretVersion", "lost", in{"secret": "projects/p/secrets/none", "secretData": "hunter2"})
	if err == nil || !strings.Contains(err.Error(), "404") || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("got %v", err)
	}
}

// A bucket of another team's is granted to, and one that there is not is not.
func TestARoleIsOnABucketThatThereIs(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	all, err := given.All()
	if err != nil {
		t.Fatal(err)
	}
	const bucket = "ai-serving-prod-models"
	if err := s.store.Update(func(tx store.Tx) error { return tx.Put("b/"+bucket, all["gcp"]["b/"+bucket]) }); err != nil {
		t.Fatal(err)
	}
	grant := func(bucket, member string) error {
		_, err := s.tryCreate("storage/bucketIAMMember:BucketIAMMember", bucket+member, in{"bucket": bucket, "role": "roles/storage.objectViewer", "member": "serviceAccount:" + member})
		return err
	}
	machines := s.find("serviceaccount/account:Account", "machines").text("email")
	if err := grant(bucket, machines); err != nil {
		t.Error(err)
	}
	if err := grant("ai-serving-prod-weights", machines); err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("a bucket that there is not: %v", err)
	}
	if err := grant(bucket, "nobody@ai-serving-prod.iam.gserviceaccount.com"); err == nil {
		t.Error("an account of the bucket's project that there is not was granted to")
	}
}

// What the sandbox writes beside its store has no values.
func TestNoFileOfTheSandboxShowsAValue(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	secret := s.make("secretmanager/secret:Secret", "token", in{"secretId": "token", "replication": in{"auto": in{}}})
	s.make("secretmanager/secretVersion:SecretVersion", "token", in{"secret": secret.id, "secretData": "correct horse"})
	err := filepath.WalkDir(s.home, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if strings.Contains(string(text), "correct horse") {
			t.Errorf("%s shows it", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
