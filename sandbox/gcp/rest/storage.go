package rest

import (
	"crypto/md5" // Cloud Storage names contents by it
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"ai-serving/sandbox/rules"
)

var (
	bucketEmpty = Rules.Add(rules.Rule{
		Name: "gcp/bucket/empty", Asks: "A bucket is deleted after its objects.",
		Status: http.StatusConflict, Code: "conflict", Source: "cloud.google.com/storage/docs/deleting-buckets",
	})
	bucketPlace = Rules.Add(rules.Rule{
		Name: "gcp/bucket/location", Asks: "A bucket is in a region, or in a pair or group of them, that there is.",
		Status: http.StatusBadRequest, Code: "invalid", Source: "cloud.google.com/storage/docs/locations",
	})
	bucketName = Rules.Add(rules.Rule{
		Name: "gcp/bucket/name-free", Asks: "A bucket has a name that no other bucket of the world has.",
		Status: http.StatusConflict, Code: "conflict", Source: "cloud.google.com/storage/docs/buckets#naming",
	})
)

// makeBucket refuses a name that is taken: all buckets share one space of names.
func (r *request) makeBucket() (any, error) {
	if r.old != nil {
		return nil, bucketName.Refuse("The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.")
	}
	return r.insert()
}

// bucketPlaces are the locations of more than one region.
var bucketPlaces = []string{"US", "EU", "ASIA", "ASIA1", "EUR4", "EUR5", "EUR7", "EUR8", "NAM4"}

// checkBucketPlace refuses a location that there is not. Beside a pair of regions
// of one's own choice, customPlacementConfig, it may be another one, and is taken
// as it is.
func checkBucketPlace(bucket object) error {
	place := text(bucket, "location")
	chosen := bucket["customPlacementConfig"] != nil || slices.Contains(bucketPlaces, place)
	if !chosen && regions[strings.ToLower(place)] == "" {
		return bucketPlace.Refuse("The specified location constraint is not valid.")
	}
	return nil
}

// prepareBucket tells of a bucket what Cloud Storage does.
func prepareBucket(r *request, next object) error {
	next["location"] = strings.ToUpper(text(next, "location"))
	if next["location"] == "" {
		next["location"] = "US"
	}
	if err := checkBucketPlace(next); err != nil {
		return err
	}
	iam, _ := next["iamConfiguration"].(object)
	if iam == nil {
		iam = object{}
	}
	if iam["publicAccessPrevention"] == nil {
		iam["publicAccessPrevention"] = "inherited"
	}
	next["iamConfiguration"] = iam
	if r.old == nil {
		next["id"], next["projectNumber"], next["metageneration"] = next["name"], projectNumber(r.project), "1"
	}
	return nil
}

// checkBucketRemoval keeps a bucket that has objects.
func checkBucketRemoval(r *request) error {
	object, err := find(r.tx, r.key+"/o/", func(string, object) bool { return true })
	if err == nil && object != "" {
		return bucketEmpty.Refuse("The bucket you tried to delete is not empty.")
	}
	return err
}

func objectName(r *request) string {
	if name := r.query.Get("name"); name != "" {
		return name
	}
	return text(r.body, "name")
}

// upload makes an object, or puts it in the place of one that is there.
func (r *request) upload() (any, error) {
	if !r.tx.Has("b/" + r.values[0]) {
		return nil, exists.Refuse("The specified bucket does not exist.")
	}
	return r.put(clone(r.body))
}

// prepareObject describes the content that was uploaded.
func prepareObject(r *request, next object) error {
	sum := md5.Sum(r.content) // as above
	next["name"], next["bucket"] = objectName(r), r.values[0]
	next["md5Hash"] = base64.StdEncoding.EncodeToString(sum[:])
	next["crc32c"] = base64.StdEncoding.EncodeToString(
		binary.BigEndian.AppendUint32(nil, crc32.Checksum(r.content, crc32.MakeTable(crc32.Castagnoli))))
	next["size"] = strconv.Itoa(len(r.content))
	next["generation"], next["metageneration"] = strconv.Itoa(number()), "1"
	place := bases["storage"] + "b/" + r.values[0] + "/o/" + url.PathEscape(objectName(r))
	next["selfLink"] = place
	next["mediaLink"] = strings.Replace(place, "/storage/", "/download/storage/", 1) + "?alt=media"
	return nil
}
