// Package naming builds resource names that fit the limits of the clouds.
package naming

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// MaxComputeEngine is the longest logical name of what Pulumi names in Compute
// Engine: of 63 characters, nine are for the random end.
const MaxComputeEngine = 54

// hashLength is the number of hexadecimal digits that stand for what was cut
// off: 24 bits, enough to tell the names of one stack apart.
const hashLength = 6

// Join joins the parts with hyphens into a name of at most limit characters. A
// longer one is cut and closed with a hash of the whole, so that two names that
// begin alike stay different.
func Join(limit int, parts ...string) string {
	name := strings.Join(parts, "-")
	if len(name) <= limit {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	kept := strings.TrimRight(name[:limit-hashLength-1], "-")
	return kept + "-" + hex.EncodeToString(sum[:])[:hashLength]
}
