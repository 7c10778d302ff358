package instances

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// machine has programs of ours in place of those of the scripts, which note how they
// are called in the file "calls", and a directory for what is in memory.
type machine struct{ directory string }

func newMachine(t *testing.T, programs map[string]string) machine {
	t.Helper()
	m := machine{t.TempDir()}
	for name, script := range programs {
		text := "#!/bin/bash\necho " + name + ` "$@" >>` + m.file("calls") + "\n" + script + "\n"
		if err := os.WriteFile(m.file(name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

func (m machine) file(name string) string { return filepath.Join(m.directory, name) }

// run runs a script as systemd does, by a shell.
func (m machine) run(t *testing.T, script string) (calls string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	command := exec.CommandContext(ctx, "bash")
	command.Stdin = strings.NewReader(script)
	command.Env = []string{"PATH=" + m.directory + ":" + os.Getenv("PATH"), "RUNTIME=" + m.file("run"), "HERE=" + m.directory}
	if output, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	return m.read(t, "calls")
}

func (m machine) read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(m.file(name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// fakeCurl fails at first, as before the role is known everywhere, and then answers as
// Google's servers do.
const fakeCurl = `
for argument; do [[ $argument != @/dev/fd/* ]] || header=$(cat "${argument#@}"); done
case "$header ${!#}" in
"Metadata-Flavor: Google "*/token) echo '{"access_token":"ya29.token","expires_in":3599,"token_type":"Bearer"}' ;;
"Authorization: Bearer ya29.token https://secretmanager.googleapis.com/v1/projects/1/secrets/s/versions/3:access")
  [[ -e $HERE/late ]] || { touch "$HERE/late"; exit 22; }
  printf '{\n  "name": "projects/1/secrets/s/versions/3",\n  "payload": {\n    "data": "%s",\n    "dataCrc32c": "12"\n  }\n}\n' "$(printf 'a=b "c" $d' | base64)" ;;
*) exit 22 ;;
esac`

func TestTheSecretsAreRootsAloneAndNoProgramsArguments(t *testing.T) {
	t.Parallel()
	script := written(t, fullGroup(), secret{"HF_TOKEN", "projects/1/secrets/s/versions/3"})["/etc/model/secrets.sh"]
	m := newMachine(t, map[string]string{"curl": fakeCurl, "sleep": ""})
	calls := m.run(t, script)
	if got, want := m.read(t, "run/environment"), "HF_TOKEN=a=b \"c\" $d\n"; got != want {
		t.Errorf("the file is %q, want %q", got, want)
	}
	for name, want := range map[string]os.FileMode{"run": os.ModeDir | 0o700, "run/environment": 0o600} {
		if info, err := os.Stat(m.file(name)); err != nil || info.Mode() != want {
			t.Errorf("%s: %v, %v, want the mode %v", name, info, err, want)
		}
	}
	if strings.Contains(calls, "ya29") || !strings.Contains(calls, "sleep 5\n") {
		t.Errorf("unexpected calls:\n%s", calls)
	}
}

func TestTheWeightsAreCopiedUntilAllAreThere(t *testing.T) {
	t.Parallel()
	script := written(t, fullGroup())["/etc/model/weights.sh"]
	m := newMachine(t, map[string]string{
		"docker": `[[ -e $HERE/late ]] || { touch "$HERE/late"; exit 1; }`, "sleep": "", "chmod": "", "mkdir": "",
	})
	const docker = "docker run --rm --network host --volume /var/lib/model/weights:/weights " + copyImage +
		" gcloud storage rsync --recursive --quiet gs://acme-models/chat/v1 /weights\n"
	want := "mkdir --parents /var/lib/model/weights\n" + docker + "sleep 10\n" + docker + "chmod --recursive a+rX /var/lib/model/weights\n"
	if got := m.run(t, script); got != want {
		t.Errorf("called:\n%s\nwant:\n%s", got, want)
	}
}

func TestTheContainersWayToTheMetadataServerIsClosedOnce(t *testing.T) {
	t.Parallel()
	script := written(t, group())["/etc/model/prepare.sh"]
	m := newMachine(t, map[string]string{
		"iptables": `[[ $2 != --check || -e $HERE/closed ]] && touch "$HERE/closed"`, "mount": "", "mountpoint": "", "mkdir": "",
	})
	m.run(t, script)
	calls := m.run(t, script)
	if got := strings.Count(calls, "--insert DOCKER-USER --destination 169.254.169.254/32 --protocol tcp ! --dport 53 --jump REJECT"); got != 1 {
		t.Errorf("the rule was made %d times:\n%s", got, calls)
	}
}

func TestTheDriverIsInstalledBeforeItsDirectoryIsMounted(t *testing.T) {
	t.Parallel()
	script := written(t, fullGroup())["/etc/model/driver.sh"]
	m := newMachine(t, map[string]string{"cos-extensions": "", "mount": "", "mountpoint": "exit 1"})
	want := "cos-extensions install gpu -- -version=latest\nmountpoint --quiet /var/lib/nvidia\n" +
		"mount --bind /var/lib/nvidia /var/lib/nvidia\nmount --options remount,exec /var/lib/nvidia\n"
	if got := m.run(t, script); got != want {
		t.Errorf("called:\n%s\nwant:\n%s", got, want)
	}
}
