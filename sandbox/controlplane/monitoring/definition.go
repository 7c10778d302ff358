// Package monitoring plays Google Cloud's managed collection of Prometheus metrics: the
// custom resource that says which pods are asked for metrics, and what is known of a
// pod's metrics then. The values themselves are given by whoever tests, see [Feed].
package monitoring

import (
	"context"
	"fmt"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"

	"ai-serving/sandbox/controlplane/crd"
)

// Resource is the custom resource that asks for the metrics of pods.
var Resource = schema.GroupVersionResource{Group: "monitoring.googleapis.com", Version: "v1", Resource: "podmonitorings"}

const fieldManager = "gmp-operator"

// definition refuses what the one refuses that GKE gives a cluster: see
// github.com/GoogleCloudPlatform/prometheus-engine/blob/main/manifests/setup.yaml and
// pkg/operator/apis/monitoring/v1/pod_types.go there. It has the one version that is
// served to all, and takes credentials, which no server of ours asks for, as they are. That
// ports differ is asked by a policy there, charts/operator/templates/validating-admission-policy.yaml.
// Nothing else looks at a PodMonitoring: its webhook was removed.
const definition = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: podmonitorings.monitoring.googleapis.com}
spec:
  group: monitoring.googleapis.com
  scope: Namespaced
  names: {kind: PodMonitoring, listKind: PodMonitoringList, plural: podmonitorings, singular: podmonitoring}
  versions:
  - name: v1
    served: true
    storage: true
    subresources: {status: {}}
    schema:
      openAPIV3Schema:
        type: object
        required: [spec]
        properties:
          apiVersion: {type: string}
          kind: {type: string}
          metadata: {type: object}
          spec:
            type: object
            required: [selector, endpoints]
            properties:
              selector:
                type: object
                x-kubernetes-map-type: atomic
                properties:
                  matchLabels: {type: object, additionalProperties: {type: string}}
                  matchExpressions:
                    type: array
                    x-kubernetes-list-type: atomic
                    items:
                      type: object
                      required: [key, operator]
                      properties:
                        key: {type: string}
                        operator: {type: string}
                        values: {type: array, x-kubernetes-list-type: atomic, items: {type: string}}
              endpoints:
                type: array
                minItems: 1
                maxItems: 10
                x-kubernetes-validations:
                - {rule: "self.all(one, self.exists_one(other, other.port == one.port))", message: Ports must be unique across all endpoints}
                items:
                  type: object
                  required: [port, interval]
                  x-kubernetes-validations:
                  - rule: "!has(self.timeout) || self.timeout <= self.interval"
                    messageExpression: "'scrape timeout (%s) must not be greater than scrape interval (%s)'.format([self.timeout, self.interval])"
                  properties:
                    port:
                      x-kubernetes-int-or-string: true
                      anyOf: [{type: integer}, {type: string}]
                      minLength: 1
                      maxLength: 253
                      x-kubernetes-validations:
                      - {rule: self != 0, message: Port is required}
                    path: {type: string}
                    scheme: {type: string, enum: [http, https]}
                    params: {type: object, additionalProperties: {type: array, items: {type: string}}}
                    interval: {type: string, format: duration}
                    timeout: {type: string, format: duration}
                    proxyUrl: {type: string, maxLength: 2000}
                    metricRelabeling:
                      type: array
                      maxItems: 250
                      items:
                        type: object
                        properties:
                          action: {type: string, enum: [replace, lowercase, uppercase, keep, drop, keepequal, dropequal, hashmod, labeldrop, labelkeep]}
                          modulus: {type: integer, format: int64}
                          regex: {type: string, maxLength: 10000}
                          replacement: {type: string}
                          separator: {type: string}
                          sourceLabels: {type: array, maxItems: 100, items: {type: string, pattern: "^[a-zA-Z_][a-zA-Z0-9_]*$"}}
                          targetLabel: {type: string, pattern: "^[a-zA-Z_][a-zA-Z0-9_]*$"}
                    authorization: {type: object, x-kubernetes-preserve-unknown-fields: true}
                    basicAuth: {type: object, x-kubernetes-preserve-unknown-fields: true}
                    oauth2: {type: object, x-kubernetes-preserve-unknown-fields: true}
                    tls: {type: object, x-kubernetes-preserve-unknown-fields: true}
              filterRunning: {type: boolean}
              limits:
                type: object
                properties:
                  labelNameLength: {type: integer, format: int64}
                  labelValueLength: {type: integer, format: int64}
                  labels: {type: integer, format: int64}
                  samples: {type: integer, format: int64}
              targetLabels:
                type: object
                default: {}
                properties:
                  fromPod:
                    type: array
                    maxItems: 100
                    items:
                      type: object
                      required: [from]
                      properties:
                        from: {type: string}
                        to: {type: string, pattern: "^[a-zA-Z_][a-zA-Z0-9_]*$"}
                  metadata:
                    type: array
                    x-kubernetes-list-type: set
                    default: [container, pod, top_level_controller_name, top_level_controller_type]
                    items: {type: string, enum: [container, node, pod, top_level_controller_name, top_level_controller_type]}
          status:
            type: object
            x-kubernetes-preserve-unknown-fields: true
`

// Define makes a cluster's API server serve the custom resource.
func Define(ctx context.Context, client dynamic.Interface) error {
	if err := crd.Define(ctx, client, definition, Resource, fieldManager); err != nil {
		return fmt.Errorf("managed collection: %w", err)
	}
	return nil
}
