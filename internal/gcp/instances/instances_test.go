package instances

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"go.yaml.in/yaml/v3"

	"ai-serving/internal/config"
	"ai-serving/internal/testkit"
	"ai-serving/internal/topology"
)

func workload() topology.Workload {
	return topology.Workload{
		Key: "chat", Port: 8080, HealthPath: "/ready",
		Labels:         map[string]string{"model": "chat"},
		StartupSeconds: 90,
		Timeouts:       topology.Timeouts{Grace: 95},
	}
}

func group() topology.InstanceGroup {
	return topology.InstanceGroup{
		Workload: workload(), Server: config.Server{Image: "europe-docker.pkg.dev/acme/models/chat:1"},
		MachineType: "e2-standard-2", MinReplicas: 2, MaxReplicas: 6,
		DiskGiB: 50, Scaling: config.Scaling{Metric: config.CPU, Target: 60},
	}
}

func fixture() Args {
	return Args{
		Project:      pulumi.String("project"),
		Stack:        "ai-serving-test",
		Region:       "europe-west4",
		Zones:        []string{"europe-west4-a", "europe-west4-b"},
		SubnetworkID: pulumi.String("subnet"),
		Groups:       []topology.InstanceGroup{group()},
	}
}

func record(t *testing.T, args Args) *testkit.Recording {
	t.Helper()
	recording, err := testkit.Run(testkit.Program{Project: "ai-serving", Stack: "test"}, func(ctx *pulumi.Context) error {
		made, err := New(ctx, "europe-west4", args)
		if err != nil {
			return err
		}
		for key, url := range made.Groups {
			ctx.Export(key, url)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return recording
}

func inputs(t *testing.T, recording *testkit.Recording, token string) map[string]any {
	t.Helper()
	found, ok := recording.Find(token, "europe-west4-chat")
	if !ok {
		t.Fatalf("no %s", token)
	}
	return found.Inputs.Mappable()
}

// written are the files that the user data install, by path.
func written(t *testing.T, group topology.InstanceGroup, secrets ...secret) map[string]string {
	t.Helper()
	text, err := cloudInit(group, secrets)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(text, "#cloud-config\n") {
		t.Errorf("cloud-init takes no text that begins with %.20q", text)
	}
	var parsed struct {
		Files []struct {
			Path    string
			Content string
		} `yaml:"write_files"`
	}
	if err := yaml.Unmarshal([]byte(text), &parsed); err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, file := range parsed.Files {
		all[file.Path] = file.Content
	}
	return all
}

// unit is the text of the systemd unit of the server.
func unit(t *testing.T, group topology.InstanceGroup) string {
	t.Helper()
	return written(t, group)["/etc/systemd/system/model.service"]
}

// fullGroup has all that a group may have.
func fullGroup() topology.InstanceGroup {
	full := group()
	full.MachineType, full.DiskGiB = "g2-standard-24", 200
	full.GPU = &topology.GPU{Type: "nvidia-l4", Count: 2}
	full.Server = config.Presets["vllm"].Server
	full.Server.Image, full.Workload.Port = "europe-docker.pkg.dev/acme/models/chat:1", 8000
	full.Server.Weights = "gs://acme-models/chat/v1"
	full.Server.SecretEnvironment = map[string]string{"HF_TOKEN": "hf-token"}
	return full
}

const version = "projects/1234/secrets/ai-serving-test-europe-west4-chat-HF_TOKEN/versions/3"

func TestAllThatAGroupMayHave(t *testing.T) {
	t.Parallel()
	text, err := cloudInit(fullGroup(), []secret{{"HF_TOKEN", version}})
	if err != nil {
		t.Fatal(err)
	}
	testkit.GoldenFile(t, filepath.Join("testdata", "full.golden.yaml"), text)
}

func TestTheUnitRunsTheModel(t *testing.T) {
	t.Parallel()
	lines := strings.Split(unit(t, group()), "\n")
	for _, want := range []string{
		"ExecStartPre=/usr/bin/docker-credential-gcr configure-docker --registries=europe-docker.pkg.dev",
		"ExecStartPre=/usr/bin/docker pull europe-docker.pkg.dev/acme/models/chat:1",
		"ExecStart=/usr/bin/docker run --name model --publish 8080:8080 --read-only --cap-drop ALL --security-opt no-new-privileges --volume /var/lib/model/tmp:/tmp europe-docker.pkg.dev/acme/models/chat:1",
		"ExecStop=/usr/bin/docker stop --time 95 model",
		"TimeoutStopSec=105",
	} {
		if !slices.Contains(lines, want) {
			t.Errorf("no line %q in\n%s", want, strings.Join(lines, "\n"))
		}
	}
}

func TestTheUnitStartsTheServerWithWhatItIsGiven(t *testing.T) {
	t.Parallel()
	given := group()
	given.Server.Command = []string{"/bin/serve", "model"}
	given.Server.Args = []string{"--name=a b", `50% of "$HOME"`, "C:\\temp\n"}
	given.Server.Environment = map[string]string{"LEVEL": "debug", "GREETING": "it's"}
	given.Server.User, given.Server.SharedMemory = 1000, "1Gi"
	want := `ExecStart=/usr/bin/docker run --name model --publish 8080:8080 --read-only --cap-drop ALL --security-opt no-new-privileges ` +
		`--user 1000:1000 --shm-size 1073741824 --volume /var/lib/model/tmp:/tmp --env "GREETING=it's" --env LEVEL=debug --entrypoint /bin/serve europe-docker.pkg.dev/acme/models/chat:1 ` +
		`model "--name=a b" "50%% of \"$$HOME\"" "C:\\temp\n"`
	if text := unit(t, given); !slices.Contains(strings.Split(text, "\n"), want) {
		t.Errorf("no line %s in\n%s", want, text)
	}
}

// TestTheUnitOfEveryPreset shows what of a preset reaches the instances.
func TestTheUnitOfEveryPreset(t *testing.T) {
	t.Parallel()
	for name, preset := range config.Presets {
		if name == "http" {
			continue // it has nothing of its own
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			given := group()
			given.Server, given.Workload.Port = preset.Server, preset.Port
			given.Server.Image, given.Server.Weights = "registry.example.com/"+name+":1", "gs://models/"+name
			given.Server.Args = []string{"--of-the-model"}
			given.Server.Args = preset.Arguments.Complete(given.Server, config.Values{Port: preset.Port, Name: "chat", DrainSeconds: 60})
			testkit.GoldenFile(t, filepath.Join("testdata", "preset."+name+".golden.service"), unit(t, given))
		})
	}
}

func TestCredentialsAreForGooglesRegistriesOnly(t *testing.T) {
	t.Parallel()
	for image, want := range map[string]string{
		"europe-docker.pkg.dev/acme/models/chat:1": "europe-docker.pkg.dev",
		"gcr.io/acme/chat":                         "gcr.io",
		"eu.gcr.io/acme/chat":                      "eu.gcr.io",
		"registry.example.com/chat":                "",
		"vllm/vllm-openai:v0.8.0":                  "",
		"nginx":                                    "",
	} {
		if got := googleRegistry(image); got != want {
			t.Errorf("googleRegistry(%q) = %q, want %q", image, got, want)
		}
	}
}

func TestTheGroupIsUpdatedZoneByZoneAndHealed(t *testing.T) {
	t.Parallel()
	got := inputs(t, record(t, fixture()), "gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager")
	const compute = "https://www.googleapis.com/compute/v1/projects/project/global/"
	want := map[string]any{
		"project": "project", "region": "europe-west4", "baseInstanceName": "europe-west4-chat",
		"distributionPolicyZones": []any{"europe-west4-a", "europe-west4-b"},
		"namedPorts":              []any{map[string]any{"name": "http", "port": 8080.0}},
		"versions": []any{map[string]any{
			"instanceTemplate": compute + "instanceTemplates/europe-west4-chat-0a1b2c3?uniqueId=1234567890123456789",
		}},
		"autoHealingPolicies": map[string]any{
			"healthCheck": compute + "healthChecks/europe-west4-chat-0a1b2c3", "initialDelaySec": 270.0,
		},
		"targetSize": 2.0, "waitForInstances": true, "waitForInstancesStatus": "UPDATED",
		"updatePolicy": map[string]any{
			"type": "PROACTIVE", "minimalAction": "REPLACE", "replacementMethod": "SUBSTITUTE",
			"instanceRedistributionType": "PROACTIVE", "maxSurgeFixed": 2.0, "maxUnavailableFixed": 0.0,
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestAnInstanceHasTimeToBootAndToLoadItsModel(t *testing.T) {
	t.Parallel()
	with := func(change func(*topology.InstanceGroup)) topology.InstanceGroup {
		changed := group()
		change(&changed)
		return changed
	}
	for name, test := range map[string]struct {
		group topology.InstanceGroup
		want  int
	}{
		"an image":           {group(), 270},
		"an image, slowly":   {with(func(g *topology.InstanceGroup) { g.Workload.StartupSeconds = 3600 }), 3600},
		"an image and files": {with(func(g *topology.InstanceGroup) { g.Server.Weights, g.DiskGiB = "gs://b/f", 200 }), 1270},
		"all":                {fullGroup(), 1450},
	} {
		if got := initialSeconds(test.group); got != test.want {
			t.Errorf("%s: %d s, want %d", name, got, test.want)
		}
	}
}

func TestTheAutoscalerIsPatient(t *testing.T) {
	t.Parallel()
	got := inputs(t, record(t, fixture()), "gcp:compute/regionAutoscaler:RegionAutoscaler")
	want := map[string]any{
		"minReplicas": 2.0, "maxReplicas": 6.0, "cooldownPeriod": 270.0,
		"cpuUtilization": map[string]any{"target": 0.6},
		"scaleInControl": map[string]any{"maxScaledInReplicas": map[string]any{"fixed": 1.0}, "timeWindowSec": 300.0},
	}
	if diff := cmp.Diff(want, got["autoscalingPolicy"]); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestInstancesAreNotOnTheInternet(t *testing.T) {
	t.Parallel()
	got := inputs(t, record(t, fixture()), "gcp:compute/instanceTemplate:InstanceTemplate")
	if diff := cmp.Diff([]any{map[string]any{"subnetwork": "subnet"}}, got["networkInterfaces"]); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if diff := cmp.Diff([]any{"serving", "model-instances", "model-chat"}, got["tags"]); diff != "" {
		t.Errorf("tags that the firewall knows: -want +got:\n%s", diff)
	}
}

func TestInstancesMayOnlyReadImagesAndWriteLogsAndMetrics(t *testing.T) {
	t.Parallel()
	var got []string
	for _, member := range record(t, fixture()).OfType("gcp:projects/iAMMember:IAMMember") {
		got = append(got, member.Inputs.Mappable()["role"].(string))
	}
	want := []string{"roles/artifactregistry.reader", "roles/logging.logWriter", "roles/monitoring.metricWriter"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestTheGroupsURLIsTheInstanceGroups(t *testing.T) {
	t.Parallel()
	got := record(t, fixture()).Outputs.Mappable()
	want := map[string]any{
		"chat": "https://www.googleapis.com/compute/v1/projects/project/regions/europe-west4/instanceGroups/europe-west4-chat-0a1b2c3",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestARegionWithoutGroupsHasNoServiceAccount(t *testing.T) {
	t.Parallel()
	args := fixture()
	args.Groups = nil
	for _, registered := range record(t, args).Resources {
		if registered.Custom {
			t.Errorf("registered %s %q", registered.Type, registered.Name)
		}
	}
}
