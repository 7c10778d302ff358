package refusals

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"unicode/utf8"
)

var (
	resourceName = invalid("name/rfc1035",
		"A name in Compute Engine has 1 to 63 lower-case letters, digits and dashes, a letter first and no dash last.",
		discovery("UrlMap.name, and the names of the other resources"))
	tagForm = invalid("name/network-tag",
		"A network tag has 1 to 63 lower-case letters, digits and dashes, a letter first and no dash last.",
		discovery("Tags.items"))
	labelCount = invalid("labels/count", "A resource has at most 64 labels.",
		documented("compute/docs/labeling-resources"))
	labelKey = invalid("labels/key",
		"The key of a label has 1 to 63 lower-case letters, digits, dashes and underscores, a letter first.",
		documented("compute/docs/labeling-resources"))
	labelValue = invalid("labels/value",
		"The value of a label has up to 63 lower-case letters, digits, dashes and underscores.",
		documented("compute/docs/labeling-resources"))
)

const (
	maxLabels = 64
	// maxLabelLength is counted in characters.
	maxLabelLength = 63
)

var (
	rfc1035   = regexp.MustCompile(`^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$`)
	labelText = regexp.MustCompile(`^[\p{Ll}\p{Lo}\p{N}_-]*$`)
	labelHead = regexp.MustCompile(`^[\p{Ll}\p{Lo}]`)
)

// checkName checks the names of Compute Engine's resources, the ones in global,
// regional and zonal scopes.
func checkName(r *request) error {
	if r.link.compute() && !rfc1035.MatchString(r.link.name) {
		return wrong(resourceName, "name", r.link.name, "Must be a match of regex '(?:[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?)'")
	}
	return nil
}

func checkTags(field string, tags []string) error {
	for i, tag := range tags {
		if !rfc1035.MatchString(tag) {
			return wrong(tagForm, fmt.Sprintf("%s[%d]", field, i), tag, "Must be a match of regex '(?:[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?)'")
		}
	}
	return nil
}

// labelled has the places in which bodies have labels of Google Cloud. Those of
// Kubernetes nodes, config.labels, have a form of their own.
type labelled struct {
	Labels         map[string]string `json:"labels"`
	ResourceLabels map[string]string `json:"resourceLabels"`
	Config         struct {
		ResourceLabels map[string]string `json:"resourceLabels"`
	} `json:"config"`
	Properties struct {
		Labels map[string]string `json:"labels"`
		Disks  []struct {
			InitializeParams struct {
				Labels map[string]string `json:"labels"`
			} `json:"initializeParams"`
		} `json:"disks"`
	} `json:"properties"`
}

func checkLabels(r *request) error {
	var body labelled
	if json.Unmarshal(r.body, &body) != nil {
		return nil // something else has these names in the body of another API
	}
	sets := map[string]map[string]string{
		"labels":                body.Labels,
		"resourceLabels":        body.ResourceLabels,
		"config.resourceLabels": body.Config.ResourceLabels,
		"properties.labels":     body.Properties.Labels,
	}
	for i, disk := range body.Properties.Disks {
		sets[fmt.Sprintf("properties.disks[%d].initializeParams.labels", i)] = disk.InitializeParams.Labels
	}
	for _, field := range slices.Sorted(maps.Keys(sets)) {
		if err := checkLabelSet(field, sets[field]); err != nil {
			return err
		}
	}
	return nil
}

func checkLabelSet(field string, labels map[string]string) error {
	if len(labels) > maxLabels {
		return wrong(labelCount, field, len(labels), "There are more than %d labels.", maxLabels)
	}
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		value := labels[key]
		if !labelHead.MatchString(key) || !labelText.MatchString(key) || utf8.RuneCountInString(key) > maxLabelLength {
			return wrong(labelKey, field, key, "Label keys must start with a lower-case letter and have lower-case letters, digits, '_' and '-' only, at most %d.", maxLabelLength)
		}
		if !labelText.MatchString(value) || utf8.RuneCountInString(value) > maxLabelLength {
			return wrong(labelValue, field, value, "Label values may have lower-case letters, digits, '_' and '-' only, at most %d.", maxLabelLength)
		}
	}
	return nil
}
