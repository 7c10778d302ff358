package rest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"ai-serving/sandbox/controlplane/neg"
)

// UnreadyRoutes is the file, relative to the sandbox's directory, that gets a line
// whenever a URL map or a backend service changes so that requests go to a backend
// service without a healthy backend. Google takes the change, and answers 503.
const UnreadyRoutes = "logs/unready-routes.log"

// healthTimeout is for the question to a cluster which of its pods are ready.
const healthTimeout = 10 * time.Second

// prepareURLMap records which backend services the map begins to refer to though they
// have no healthy backend.
func prepareURLMap(r *request, next object) error {
	before := r.servicesOf(r.old)
	for _, key := range r.servicesOf(next) {
		var service object
		if _, err := r.tx.Get(key, &service); err != nil {
			return err
		}
		if slices.Contains(before, key) {
			continue
		}
		if err := r.noteUnready(r.key+" begins to refer to "+key, service); err != nil {
			return err
		}
	}
	return nil
}

// prepareBackendService records that a service which a URL map refers to changes to
// backends none of which is healthy.
func prepareBackendService(r *request, next object) error {
	if r.old == nil || reflect.DeepEqual(r.old["backends"], next["backends"]) {
		return nil
	}
	routed := false
	err := r.tx.Each("projects/"+r.project+"/", func(key string, raw json.RawMessage) error {
		var urlMap object
		if !strings.Contains(key, "/urlMaps/") {
			return nil
		}
		err := json.Unmarshal(raw, &urlMap)
		routed = routed || slices.Contains(r.servicesOf(urlMap), r.key)
		return err
	})
	if err != nil || !routed {
		return err
	}
	return r.noteUnready(r.key+" changes its backends", next)
}

// servicesOf are the keys of the backend services that a URL map refers to, sorted.
func (r *request) servicesOf(urlMap object) []string {
	var keys []string
	walk(urlMap, func(text string) {
		if key := r.keyOf(text); strings.Contains(key, "/backendServices/") {
			keys = append(keys, key)
		}
	})
	slices.Sort(keys)
	return slices.Compact(keys)
}

// noteUnready records what has happened if no backend of a service is healthy. A
// service without backends is for what is not answered by one, such as a redirect.
func (r *request) noteUnready(what string, service object) error {
	backends := objects(service["backends"])
	var reasons []string
	for _, backend := range backends {
		key := r.keyOf(text(backend, "group"))
		err := r.checkHealthy(key)
		if err == nil {
			return nil
		}
		reasons = append(reasons, fmt.Sprintf("%s: %v", key, err))
	}
	if len(backends) == 0 {
		return nil
	}
	path := filepath.Join(r.server.home, UnreadyRoutes)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(file, "%s: %s\n", what, strings.Join(reasons, "; "))
	return errors.Join(err, file.Close())
}

// checkHealthy returns why nothing in a group is healthy.
func (r *request) checkHealthy(group string) error {
	if strings.Contains(group, "/networkEndpointGroups/") {
		return r.checkEndpoints(group)
	}
	manager := strings.Replace(group, "/instanceGroups/", "/instanceGroupManagers/", 1)
	var stored object
	if _, err := r.tx.Get(manager, &stored); err != nil {
		return err
	}
	status, _ := stored["status"].(object)
	if size, _ := stored["targetSize"].(float64); size == 0 || status["isStable"] != true {
		return errors.New("no instance that is verified")
	}
	return nil
}

// checkEndpoints returns why no pod of the Service that a group is for is ready.
func (r *request) checkEndpoints(key string) error {
	var group neg.Group
	if _, err := r.tx.Get(key, &group); err != nil {
		return err
	}
	origin := group.Origin()
	cluster, found, err := r.server.clusters.Get(origin.Cluster)
	if err != nil || !found {
		return errors.Join(err, errors.New("no cluster "+origin.Cluster))
	}
	client, err := cluster.Client()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(r.from.Context(), healthTimeout)
	defer cancel()
	service, err := client.CoreV1().Services(origin.Namespace).Get(ctx, origin.Service, metav1.GetOptions{})
	if err != nil {
		return err
	}
	pods, err := client.CoreV1().Pods(origin.Namespace).List(ctx, metav1.ListOptions{LabelSelector: labels.FormatLabels(service.Spec.Selector)})
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(pods.Items, isReady) {
		return fmt.Errorf("none of %d pods is ready", len(pods.Items))
	}
	return nil
}

func isReady(pod corev1.Pod) bool {
	return slices.ContainsFunc(pod.Status.Conditions, func(c corev1.PodCondition) bool {
		return c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue
	})
}
