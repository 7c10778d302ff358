package azure

import (
	"maps"
	"slices"
	"unicode/utf8"
)

const tagLimits = "learn.microsoft.com/azure/azure-resource-manager/management/tag-resources#limitations"

var (
	tagCount = require("tags/count",
		"A resource has up to 50 tags.", badRequest,
		tagLimits)
	tagLength = require("tags/length",
		"The name of a tag has up to 512 characters, its value up to 256.", badRequest,
		tagLimits)
)

// The most tags of a resource, and the most characters of their names and values.
const (
	maxTags     = 50
	maxTagName  = 512
	maxTagValue = 256
)

func tagsFit(r *request) error {
	tags, _ := dig(r.body, "tags").(map[string]any)
	if len(tags) > maxTags {
		return refuse(tagCount, "The resource %s has %d tags; the most is %d.", r.id, len(tags), maxTags)
	}
	for _, name := range slices.Sorted(maps.Keys(tags)) {
		if utf8.RuneCountInString(name) > maxTagName || utf8.RuneCountInString(text(tags, name)) > maxTagValue {
			return refuse(tagLength, "The tag %q of %s has a name of more than %d characters, or a value of more than %d.", name, r.id, maxTagName, maxTagValue)
		}
	}
	return nil
}
