package config

import (
	"fmt"
	"regexp"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// maxWeightsLength is that of the longest name of an object, and of a bucket.
// Source: cloud.google.com/storage/docs/objects#naming and buckets#naming.
const maxWeightsLength = 1024

// weightsForm is a folder that a mount option may name: a comma would end it, and what
// the start-up script of an instance is made of has no quotes.
var weightsForm = regexp.MustCompile(`^gs://[a-z0-9][a-z0-9._-]{1,61}[a-z0-9](/[A-Za-z0-9][A-Za-z0-9._=+-]*)*$`)

// Bucket is the bucket, and Folder the folder in it, of weights; "" for the whole bucket.
func (s Server) Bucket() (bucket, folder string) {
	bucket, folder, _ = strings.Cut(strings.TrimPrefix(s.Weights, "gs://"), "/")
	return bucket, folder
}

// validateWeights refuses names that Cloud Storage keeps.
// Source: cloud.google.com/storage/docs/buckets#naming.
func (s Server) validateWeights(path *field.Path) field.ErrorList {
	bucket, _ := s.Bucket()
	if strings.HasPrefix(bucket, "goog") || strings.Contains(bucket, "google") || strings.Contains(bucket, "..") {
		return field.ErrorList{field.Invalid(path, s.Weights, fmt.Sprintf("is in the bucket %s, and no name of a bucket begins with goog, has google in it or has two dots together", bucket))}
	}
	return nil
}
