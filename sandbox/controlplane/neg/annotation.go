package neg

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
)

const (
	// requestAnnotation asks for groups:
	// {"exposed_ports":{"80":{"name":"chat"}}}.
	requestAnnotation = "cloud.google.com/neg"
	// statusAnnotation tells what was made:
	// {"network_endpoint_groups":{"80":"chat"},"zones":["europe-west4-a"]}.
	statusAnnotation = "cloud.google.com/neg-status"

	// nameLength is the longest name of a Compute Engine resource.
	nameLength = 63
	hashLength = 8
)

type request struct {
	ExposedPorts map[string]struct {
		Name string `json:"name"`
	} `json:"exposed_ports"`
}

type status struct {
	Groups map[string]string `json:"network_endpoint_groups"` // by port
	Zones  []string          `json:"zones"`
}

// requestedGroups returns the names of the groups that a Service asks for, by
// port. A Service without the annotation asks for none.
func requestedGroups(cluster string, service *corev1.Service) (map[string]string, error) {
	annotation, found := service.Annotations[requestAnnotation]
	if !found {
		return nil, nil
	}
	var wanted request
	if err := json.Unmarshal([]byte(annotation), &wanted); err != nil {
		return nil, fmt.Errorf("annotation %s: %w", requestAnnotation, err)
	}
	groups := make(map[string]string, len(wanted.ExposedPorts))
	for port, attributes := range wanted.ExposedPorts {
		if !hasPort(service, port) {
			return nil, fmt.Errorf("annotation %s: the Service has no port %s", requestAnnotation, port)
		}
		name := attributes.Name
		if name == "" {
			name = generatedName(cluster, service, port)
		}
		if faults := validation.IsDNS1035Label(name); len(faults) > 0 {
			return nil, fmt.Errorf("annotation %s: name %q: %s", requestAnnotation, name, faults[0])
		}
		groups[port] = name
	}
	return groups, nil
}

func hasPort(service *corev1.Service, port string) bool {
	return slices.ContainsFunc(service.Spec.Ports, func(p corev1.ServicePort) bool {
		return strconv.Itoa(int(p.Port)) == port
	})
}

// generatedName is the name of a group for which the Service gives none. Like
// GKE's it tells where the group comes from and ends in a hash of it.
func generatedName(cluster string, service *corev1.Service, port string) string {
	origin := fmt.Sprintf("%s-%s-%s", service.Namespace, service.Name, port)
	hash := shortHash(cluster + "/" + origin)
	prefix := "k8s1-" + shortHash(cluster) + "-" + origin
	return prefix[:min(len(prefix), nameLength-len(hash)-1)] + "-" + hash
}

func shortHash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])[:hashLength]
}
