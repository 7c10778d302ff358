package gcp

import (
	"crypto/md5" // Cloud Storage names contents by it
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/hashicorp/terraform-provider-google-beta/google-beta/services/storage"
	"github.com/hashicorp/terraform-provider-google-beta/google-beta/tpgiamresource"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

const (
	storageURL = "https://www.googleapis.com/storage/v1/b/"
	// bucketNameLength is the longest name of a bucket, of one with dots.
	bucketNameLength = 222
)

func storageKinds() []kind {
	return []kind{
		{
			tfType: "google_storage_bucket", module: "storage", name: "Bucket",
			resource: storage.ResourceStorageBucket(),
			fields:   map[string]*tfbridge.SchemaInfo{"name": tfbridge.AutoName("name", bucketNameLength, "-")},
			identify: identifyBucket,
			defaults: map[string]any{
				"public_access_prevention": "inherited",
				"rpo":                      "DEFAULT",
			},
			complete: completeBucket,
			remove:   checkBucketRemoval,
		},
		{
			tfType: "google_storage_bucket_object", module: "storage", name: "BucketObject",
			resource: storage.ResourceStorageBucketObject(),
			fields: map[string]*tfbridge.SchemaInfo{
				"source": {Asset: &tfbridge.AssetTranslation{Kind: tfbridge.FileAsset, Format: resource.ZIPArchive}},
			},
			id:       "{{bucket}}-{{name}}",
			parent:   "{{bucket}}",
			defaults: map[string]any{"storage_class": "STANDARD"},
			complete: completeObject,
		},
		{
			tfType: "google_storage_bucket_iam_member", module: "storage", name: "BucketIAMMember",
			resource: tpgiamresource.ResourceIamMember(storage.StorageBucketIamSchema, storage.StorageBucketIamUpdaterProducer, storage.StorageBucketIdParseFunc),
			identify: identifyMember("b/{{bucket}}"),
			shared:   true,
			parent:   "{{bucket}}",
			complete: completeBucketMember,
		},
	}
}

// identifyBucket refuses a name that is taken: all buckets of the world share
// one space of names.
func identifyBucket(o *operation) (string, error) {
	name := o.text("name")
	if o.tx.Has(name) {
		return "", refuse(http.StatusConflict, "conflict", "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.")
	}
	return name, nil
}

func completeBucket(o *operation) error {
	o.set("url", "gs://"+o.id)
	o.set("self_link", storageURL+o.id)
	return nil
}

// checkBucketRemoval keeps a bucket that has objects, unless they may go with
// it.
func checkBucketRemoval(o *operation) error {
	object, _, err := find(o.tx, func(_ string, r record) bool {
		return r.Parent == o.id && r.Type == "google_storage_bucket_object"
	})
	if err == nil && object != "" && !o.flag("force_destroy") {
		return refuse(http.StatusConflict, "conflict", "The bucket you tried to delete is not empty.")
	}
	return err
}

// completeObject describes the object's content.
func completeObject(o *operation) error {
	content, err := objectContent(o)
	if err != nil {
		return err
	}
	sum := md5.Sum(content) // as above
	digest := base64.StdEncoding.EncodeToString(sum[:])
	o.set("md5hash", digest)
	o.set("detect_md5hash", digest)
	o.set("crc32c", base64.StdEncoding.EncodeToString(
		binary.BigEndian.AppendUint32(nil, crc32.Checksum(content, crc32.MakeTable(crc32.Castagnoli)))))
	o.fill("content_type", http.DetectContentType(content))
	link := storageURL + o.text("bucket") + "/o/" + url.PathEscape(o.text("name"))
	o.set("self_link", link)
	o.set("media_link", strings.Replace(link, "/storage/", "/download/storage/", 1)+"?alt=media")
	o.set("output_name", o.text("name"))
	return nil
}

func objectContent(o *operation) ([]byte, error) {
	if source := o.text("source"); source != "" {
		content, err := os.ReadFile(source)
		if err != nil {
			return nil, fmt.Errorf("object %s: %w", o.id, err)
		}
		return content, nil
	}
	if content := o.text("content"); content != "" {
		return []byte(content), nil
	}
	return nil, errors.New("one of `content` or `source` must be specified")
}

// completeBucketMember refuses to make a bucket public that must not be.
func completeBucketMember(o *operation) error {
	member := o.text("member")
	bucket, _, err := get(o.tx, o.text("bucket"))
	if err != nil {
		return err
	}
	public := member == "allUsers" || member == "allAuthenticatedUsers"
	if public && bucket.text("public_access_prevention") == "enforced" {
		return refuse(http.StatusPreconditionFailed, "conditionNotMet",
			"The member bindings allUsers and allAuthenticatedUsers are not allowed since public access prevention is enforced.")
	}
	return completeMember(o)
}
