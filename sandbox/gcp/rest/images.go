package rest

import (
	"regexp"
	"slices"
)

// imageFamilies are the public image families that Google kept up in 2025, by
// project (cloud.google.com/compute/docs/images/os-details).
var imageFamilies = map[string][]string{
	"centos-cloud":      {"centos-stream-9", "centos-stream-10"},
	"cos-cloud":         {"cos-stable", "cos-beta", "cos-dev", "cos-109-lts", "cos-113-lts", "cos-117-lts", "cos-121-lts"},
	"debian-cloud":      {"debian-11", "debian-12", "debian-12-arm64", "debian-13", "debian-13-arm64"},
	"rocky-linux-cloud": {"rocky-linux-8", "rocky-linux-9", "rocky-linux-10"},
	"ubuntu-os-cloud": {
		"ubuntu-2204-lts", "ubuntu-2404-lts-amd64", "ubuntu-2404-lts-arm64",
		"ubuntu-minimal-2204-lts", "ubuntu-minimal-2404-lts-amd64",
	},
	"deeplearning-platform-release": {"common-cu124-debian-11", "common-cu124-ubuntu-2204", "common-cpu-debian-11"},
}

var imageFamily = regexp.MustCompile(`projects/([^/]+)/global/images/family/([^/]+)$`)

// checkImage refuses a family that none of Google's public image projects has.
// Single images, and those of other projects, are taken as they are.
func checkImage(image string) error {
	parts := imageFamily.FindStringSubmatch(image)
	if parts == nil {
		return nil
	}
	families, public := imageFamilies[parts[1]]
	if public && !slices.Contains(families, parts[2]) {
		return notFound("projects/" + parts[1] + "/global/images/family/" + parts[2])
	}
	return nil
}
