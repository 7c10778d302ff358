package kubernetes

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"ai-serving/sandbox/controlplane"
)

const service tokens.Type = "kubernetes:core/v1:Service"

// web is a Deployment that a cluster with two nodes has room for.
func web(replicas int, changes ...func(spec, pod, container object)) object {
	container := object{"name": "web", "image": "web:1", "resources": object{"requests": object{"cpu": "100m"}}}
	pod := object{"containers": []any{container}}
	spec := object{
		"replicas": replicas,
		"selector": object{"matchLabels": object{"app": "web"}},
		"template": object{"metadata": object{"labels": object{"app": "web"}}, "spec": pod},
	}
	for _, change := range changes {
		change(spec, pod, container)
	}
	return object{"metadata": object{"name": "web"}, "spec": spec}
}

func image(name string) func(_, _, container object) {
	return func(_, _, container object) { container["image"] = name }
}

func annotated(inputs object, annotation, value string) object {
	inputs["metadata"].(object)["annotations"] = object{annotation: value}
	return inputs
}

func TestADeploymentFromCreationToDeletion(t *testing.T) {
	p := newProgram(t, nil)
	created := p.up(deployment, web(2))
	if want := resource.ID(p.namespace + "/web"); created.id != want {
		t.Errorf("id = %q; want %q", created.id, want)
	}
	status := toObject(created.outputs).Object["status"].(object)
	if status["readyReplicas"] != int64(2) {
		t.Errorf("status = %v; want 2 ready replicas", status)
	}
	if paths := p.differences(created, web(2)); len(paths) > 0 {
		t.Errorf("differences right after creation: %v", paths)
	}
	refreshed := p.refresh(created)
	if diff := cmp.Diff(plain(created.inputs), plain(refreshed.inputs)); diff != "" {
		t.Errorf("inputs after a refresh (-before +after):\n%s", diff)
	}
	if paths := p.differences(created, web(3, image("web:2"))); !sameSet(paths, "spec.replicas", "spec.template.spec.containers[0].image") {
		t.Errorf("differences of a change: %v", paths)
	}
	changed := p.update(refreshed, web(3, image("web:2")))
	live, err := p.direct.AppsV1().Deployments(p.namespace).Get(t.Context(), "web", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if live.Status.UpdatedReplicas != 3 || live.Spec.Template.Spec.Containers[0].Image != "web:2" {
		t.Errorf("after the update: %d updated replicas of %s", live.Status.UpdatedReplicas, live.Spec.Template.Spec.Containers[0].Image)
	}
	p.destroy(changed)
	_, err = p.direct.AppsV1().Deployments(p.namespace).Get(t.Context(), "web", metav1.GetOptions{})
	if !apierrors.IsNotFound(err) {
		t.Errorf("after the deletion: %v; want it gone", err)
	}
	if gone := p.refresh(changed); gone.id != "" {
		t.Errorf("id after the deletion = %q; want none", gone.id)
	}
	p.destroy(changed) // once more is no error
}

func TestAPreviewChangesNothing(t *testing.T) {
	p := newProgram(t, nil)
	inputs := p.check(deployment, web(2), nil)
	planned, err := p.Create(t.Context(), plugin.CreateRequest{URN: urn(deployment), Type: deployment, Properties: inputs, Preview: true})
	if err != nil {
		t.Fatal(err)
	}
	spec := toObject(planned.Properties).Object["spec"].(object)
	if spec["progressDeadlineSeconds"] != int64(600) {
		t.Errorf("planned spec = %v; want the cluster's defaults in it", spec)
	}
	if planned.ID != "" || planned.Properties.HasValue("status") {
		t.Errorf("planned id %q and status %v; want none", planned.ID, planned.Properties["status"])
	}
	list, err := p.direct.AppsV1().Deployments(p.namespace).List(t.Context(), metav1.ListOptions{})
	if err != nil || len(list.Items) > 0 {
		t.Errorf("Deployments after the preview: %v, %v", list.Items, err)
	}
}

func TestAPreviewRefusesWhatTheClusterWould(t *testing.T) {
	p := newProgram(t, nil)
	inputs := p.check(deployment, web(2, func(spec, _, _ object) {
		spec["selector"] = object{"matchLabels": object{"app": "other"}}
	}), nil)
	_, err := p.Create(t.Context(), plugin.CreateRequest{URN: urn(deployment), Type: deployment, Properties: inputs, Preview: true})
	want := "`selector` does not match template `labels`"
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("preview = %v; want it to say %s", err, want)
	}
}

func TestAPreviewOfAnObjectInANamespaceThatIsPlannedToo(t *testing.T) {
	p := newProgram(t, nil)
	inputs := p.check(configMap, object{"metadata": object{"name": "a", "namespace": "planned"}}, nil)
	planned, err := p.Create(t.Context(), plugin.CreateRequest{URN: urn(configMap), Type: configMap, Properties: inputs, Preview: true})
	if err != nil || !planned.Properties.DeepEquals(inputs) {
		t.Errorf("preview = %v, %v; want the inputs", planned.Properties, err)
	}
}

func TestAnObjectThatExistsIsNotTakenOver(t *testing.T) {
	p := newProgram(t, nil)
	p.up(configMap, object{"metadata": object{"name": "a"}, "data": object{"owner": "first"}})
	_, err := p.tryUp(configMap, object{"metadata": object{"name": "a"}, "data": object{"owner": "second"}})
	want := "ConfigMap " + p.namespace + "/a is in the cluster already"
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("Create = %v; want it to say %s", err, want)
	}
}

func TestAnObjectThatExistsIsTakenOverOnRequest(t *testing.T) {
	p := newProgram(t, object{"upsertExistingObjects": true, "enablePatchForce": true})
	p.up(configMap, object{"metadata": object{"name": "a"}, "data": object{"owner": "first"}})
	second := p.up(configMap, object{"metadata": object{"name": "a"}, "data": object{"owner": "second"}})
	if owner := toObject(second.outputs).Object["data"].(object)["owner"]; owner != "second" {
		t.Errorf("owner = %v; want second", owner)
	}
}

func TestAnUpdateLeavesTheReplicasToTheAutoscaler(t *testing.T) {
	p := newProgram(t, nil)
	created := p.up(deployment, web(1))
	first := p.update(created, web(1, image("web:2")), "spec.replicas")

	// The autoscaler writes through the scale subresource.
	scale := []byte(`{"spec":{"replicas":3}}`)
	_, err := p.direct.AppsV1().Deployments(p.namespace).Patch(t.Context(), "web", types.MergePatchType, scale,
		metav1.PatchOptions{FieldManager: "horizontal-pod-autoscaler"}, "scale")
	if err != nil {
		t.Fatal(err)
	}
	second := p.update(first, web(1, image("web:3")), "spec.replicas")
	if replicas := toObject(second.outputs).Object["spec"].(object)["replicas"]; replicas != int64(3) {
		t.Errorf("replicas after the update = %v; want the autoscaler's 3", replicas)
	}
}

func TestAFieldThatSomebodyElseOwnsIsAConflict(t *testing.T) {
	p := newProgram(t, nil)
	created := p.up(configMap, object{"metadata": object{"name": "a"}, "data": object{"mine": "1"}})
	theirs := fmt.Appendf(nil, `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"theirs":"1"}}`)
	_, err := p.direct.CoreV1().ConfigMaps(p.namespace).Patch(t.Context(), "a", types.ApplyPatchType, theirs, metav1.PatchOptions{FieldManager: "they"})
	if err != nil {
		t.Fatal(err)
	}
	claimed := object{"metadata": object{"name": "a"}, "data": object{"mine": "1", "theirs": "2"}}
	_, err = p.tryUpdate(created, claimed)
	for _, want := range []string{"another manager than pulumi-kubernetes-", `conflict with "they"`, ".data.theirs", annotationPatchForce} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Update = %v; want it to say %s", err, want)
		}
	}
	forced := p.update(created, annotated(claimed, annotationPatchForce, "true"))
	if value := toObject(forced.outputs).Object["data"].(object)["theirs"]; value != "2" {
		t.Errorf("theirs = %v; want it taken over", value)
	}
}

func TestAFieldThatTheProgramDropsIsRemoved(t *testing.T) {
	p := newProgram(t, object{"enableConfigMapMutable": true})
	created := p.up(configMap, object{"metadata": object{"name": "a"}, "data": object{"kept": "1", "dropped": "1"}})
	changed := p.update(created, object{"metadata": object{"name": "a"}, "data": object{"kept": "1"}})
	if diff := cmp.Diff(object{"kept": "1"}, toObject(changed.outputs).Object["data"]); diff != "" {
		t.Errorf("data (-want +got):\n%s", diff)
	}
}

func TestARefreshFindsADrift(t *testing.T) {
	p := newProgram(t, nil)
	inputs := object{"metadata": object{"name": "a"}, "data": object{"key": "1"}}
	created := p.up(configMap, inputs)
	_, err := p.direct.CoreV1().ConfigMaps(p.namespace).Patch(t.Context(), "a", types.MergePatchType,
		[]byte(`{"data":{"key":"2","other":"3"},"metadata":{"labels":{"theirs":"yes"}}}`), metav1.PatchOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if paths := p.differences(p.refresh(created), inputs); !sameSet(paths, "data.key") {
		t.Errorf("differences = %v; want data.key, the one that the program declares", paths)
	}
}

func TestAnImportReadsTheInputsFromTheCluster(t *testing.T) {
	p := newProgram(t, nil)
	inputs := object{"metadata": object{"name": "a"}, "data": object{"key": "1"}}
	p.up(configMap, inputs)
	imported := p.refresh(state{token: configMap, id: resource.ID(p.namespace + "/a")})
	if paths := p.differences(imported, inputs); len(paths) > 0 {
		t.Errorf("differences of an imported object = %v; want none", paths)
	}
	if none := p.refresh(state{token: configMap, id: resource.ID(p.namespace + "/b")}); none.id != "" {
		t.Errorf("id of what does not exist = %q; want none", none.id)
	}
}

func TestAServiceWaitsForItsPods(t *testing.T) {
	p := newProgram(t, nil)
	p.up(deployment, web(2))
	created := p.up(service, object{
		"metadata": object{"name": "web"},
		"spec":     object{"selector": object{"app": "web"}, "ports": []any{object{"port": 80}}},
	})
	slices, err := p.direct.DiscoveryV1().EndpointSlices(p.namespace).List(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	ready := 0
	for _, slice := range slices.Items {
		for _, endpoint := range slice.Endpoints {
			if *endpoint.Conditions.Ready {
				ready++
			}
		}
	}
	if ready != 2 {
		t.Errorf("%d endpoints are ready when the Service is; want 2", ready)
	}
	p.destroy(created)
}

func TestADeploymentThatFindsNoRoom(t *testing.T) {
	p := newProgram(t, nil)
	inputs := web(1, func(_, _, container object) {
		container["resources"] = object{"requests": object{"cpu": "64"}}
	})
	created, err := p.tryUp(deployment, annotated(inputs, annotationTimeoutSeconds, "4"))
	partial, ok := initFailure(err)
	if !ok {
		t.Fatalf("Create = %v; want a resource that is there and not ready", err)
	}
	if want := "Deployment " + p.namespace + "/web: waited 4s for it to be ready"; partial.Reasons[0] != want {
		t.Errorf("first reason = %q; want %q", partial.Reasons[0], want)
	}
	for _, want := range []string{"Available: 0/1", "MinimumReplicasUnavailable", "Unschedulable: ", "Insufficient cpu"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error lacks %q:\n%v", want, err)
		}
	}
	if created.id == "" || !created.outputs.HasValue("spec") {
		t.Errorf("the state has id %q and outputs %v; want the object", created.id, created.outputs)
	}
	p.update(created, annotated(web(1), annotationTimeoutSeconds, "60")) // and it recovers
}

func TestADeploymentWhosePodsAreRefused(t *testing.T) {
	p := newProgram(t, nil)
	p.up("kubernetes:core/v1:ResourceQuota", object{"metadata": object{"name": "none"}, "spec": object{"hard": object{"pods": "0"}}})
	_, err := p.tryUp(deployment, annotated(web(1), annotationTimeoutSeconds, "4"))
	for _, want := range []string{"ReplicaFailure is True", "exceeded quota: none"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error lacks %q:\n%v", want, err)
		}
	}
}

func TestWaitForAnAnnotationThatAControllerSets(t *testing.T) {
	p := newProgram(t, nil)
	go func() {
		for ctx := t.Context(); ctx.Err() == nil; time.Sleep(100 * time.Millisecond) {
			_, err := p.direct.CoreV1().Services(p.namespace).Patch(ctx, "web", types.MergePatchType,
				[]byte(`{"metadata":{"annotations":{"example.com/status":"{}"}}}`), metav1.PatchOptions{})
			if err == nil {
				return
			}
		}
	}()
	created := p.up(service, annotated(object{
		"metadata": object{"name": "web"},
		"spec":     object{"clusterIP": "None", "ports": []any{object{"port": 80}}},
	}, annotationWaitFor, "jsonpath={.metadata.annotations['example.com/status']}"))
	if toObject(created.outputs).GetAnnotations()["example.com/status"] != "{}" {
		t.Errorf("annotations = %v; want the controller's", toObject(created.outputs).GetAnnotations())
	}
}

func TestSkipAwait(t *testing.T) {
	p := newProgram(t, nil)
	inputs := web(1, func(_, _, container object) {
		container["resources"] = object{"requests": object{"cpu": "64"}}
	})
	p.up(deployment, annotated(inputs, annotationSkipAwait, "true"))
}

func TestACancelledWaitLeavesTheResource(t *testing.T) {
	p := newProgram(t, nil)
	inputs := web(1, func(_, _, container object) {
		container["resources"] = object{"requests": object{"cpu": "64"}}
	})
	time.AfterFunc(2*time.Second, func() { _ = p.SignalCancellation(context.Background()) })
	_, err := p.tryUp(deployment, inputs)
	partial, ok := initFailure(err)
	want := "the wait for Deployment " + p.namespace + "/web to be ready was cancelled"
	if !ok || partial.Reasons[0] != want {
		t.Errorf("Create = %v; want a resource that is there, and %q", err, want)
	}
}

func TestACustomResource(t *testing.T) {
	p := newProgram(t, nil)
	group := p.namespace + ".example.com" // for this test alone
	p.up("kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition", object{
		"metadata": object{"name": "models." + group},
		"spec": object{
			"group": group, "scope": "Namespaced",
			"names": object{"kind": "Model", "plural": "models", "singular": "model"},
			"versions": []any{object{
				"name": "v1", "served": true, "storage": true,
				"schema": object{"openAPIV3Schema": object{"type": "object", "properties": object{
					"spec": object{"type": "object", "properties": object{"size": object{"type": "integer"}}},
				}}},
			}},
		},
	})
	model := tokens.Type("kubernetes:" + group + "/v1:Model")
	// The garbage collector takes half a minute to learn of a new kind, so it is not waited for.
	created := p.up(model, annotated(object{"metadata": object{"name": "small"}, "spec": object{"size": 7}},
		annotationDeletionPropagation, "background"))
	if created.id != resource.ID(p.namespace+"/small") {
		t.Errorf("id = %q", created.id)
	}
	_, err := p.tryUp(model, object{"metadata": object{"name": "large"}, "spec": object{"sise": 70}})
	if want := `unknown field "spec.sise"`; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("Create = %v; want it to say %s", err, want)
	}
	p.destroy(created)
}

func TestAKindThatNobodyDefines(t *testing.T) {
	p := newProgram(t, nil)
	_, err := p.tryUp("kubernetes:example.org/v1:Nothing", object{"metadata": object{"name": "a"}})
	want := "the cluster has no kind example.org/v1, Kind=Nothing: make its custom resource definition first"
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("Create = %v; want it to say %s", err, want)
	}
}

func TestTheContentOfASecretStaysSecret(t *testing.T) {
	p := newProgram(t, nil)
	created := p.up("kubernetes:core/v1:Secret", object{"metadata": object{"name": "a"}, "stringData": object{"user": "admin"}})
	for name, properties := range map[string]resource.PropertyMap{
		"inputs": created.inputs, "outputs": created.outputs,
		"inputs after a refresh": p.refresh(created).inputs, "outputs after a refresh": p.refresh(created).outputs,
	} {
		if !properties["data"].IsSecret() {
			t.Errorf("data in the %s = %v; want it secret", name, properties["data"])
		}
	}
	if paths := p.differences(created, object{"metadata": object{"name": "a"}, "stringData": object{"user": "admin"}}); len(paths) > 0 {
		t.Errorf("differences = %v; want none", paths)
	}
}

func TestADeletionWaitsForFinalizers(t *testing.T) {
	p := newProgram(t, nil)
	created := p.up(configMap, object{"metadata": object{
		"name": "a", "finalizers": []any{"example.com/hold"}, "annotations": object{annotationTimeoutSeconds: "2"},
	}})
	_, err := p.Delete(t.Context(), plugin.DeleteRequest{
		URN: urn(configMap), Type: configMap, ID: created.id, Inputs: created.inputs, Outputs: created.outputs,
	})
	want := "ConfigMap " + p.namespace + "/a: waited 2s for it to go: it is kept by the finalizers example.com/hold"
	if err == nil || err.Error() != want {
		t.Errorf("Delete = %v; want %s", err, want)
	}
	_, err = p.direct.CoreV1().ConfigMaps(p.namespace).Patch(t.Context(), "a", types.MergePatchType,
		[]byte(`{"metadata":{"finalizers":null}}`), metav1.PatchOptions{})
	if err != nil {
		t.Fatal(err)
	}
	p.destroy(created)
}

func TestTheTokenComesFromAProgram(t *testing.T) {
	p := newProgram(t, nil)
	cluster, found, err := controlplane.At(os.Getenv("SANDBOX_HOME")).Get(clusterID)
	if err != nil || !found {
		t.Fatalf("cluster: %v, %v", found, err)
	}
	active, err := parseKubeconfig(cluster.Kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	token := active.AuthInfos[active.Contexts[active.CurrentContext].AuthInfo].Token
	credential := filepath.Join(t.TempDir(), "credential.json")
	content := fmt.Sprintf(`{"apiVersion": "client.authentication.k8s.io/v1beta1", "kind": "ExecCredential", "status": {"token": %q}}`, token)
	if err := os.WriteFile(credential, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	kubeconfig, err := json.Marshal(object{
		"apiVersion": "v1", "kind": "Config", "current-context": "main",
		"contexts": []any{object{"name": "main", "context": object{"cluster": "main", "user": "main"}}},
		"clusters": []any{object{"name": "main", "cluster": object{
			"server": "https://" + cluster.Endpoint, "certificate-authority-data": cluster.CACertificate,
		}}},
		"users": []any{object{"name": "main", "user": object{"exec": object{
			"apiVersion": "client.authentication.k8s.io/v1beta1", "command": "cat", "args": []any{credential},
			"interactiveMode": "Never", "provideClusterInfo": true,
		}}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	p.configure(object{"kubeconfig": string(kubeconfig), "namespace": p.namespace})
	p.up(configMap, object{"metadata": object{"name": "a"}})
}

func sameSet(got []string, want ...string) bool {
	slices.Sort(got)
	slices.Sort(want)
	return slices.Equal(got, want)
}
