package controlplane

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ai-serving/sandbox/store"
)

// noSpace is what etcd 3.6.16 logs at its start on a full disk, before more of its
// stack than an error quotes.
const noSpace = `{"level":"warn","caller":"wal/wal.go:147","msg":"failed to preallocate an initial WAL file","segment-bytes":64000000,"error":"no space left on device"}
{"level":"panic","caller":"etcdserver/bootstrap.go:663","msg":"failed to create WAL","error":"no space left on device"}
panic: failed to create WAL
`

func TestAFullDiskIsSaidToBeFull(t *testing.T) {
	t.Parallel()
	const plenty = 1 << 40
	for name, test := range map[string]struct {
		log  string
		free uint64
		want string
	}{
		"the log says so":      {noSpace, 20_000_000, ": the disk of /d was full (20 MB are free now, and etcd takes 64 MB at a time): make room, and try again"},
		"no log fits onto it":  {"", 0, ": the disk of /d was full (0 MB are free now, and etcd takes 64 MB at a time): make room, and try again"},
		"there was room again": {noSpace, 1_000_000_000, ": the disk of /d was full (1000 MB are free now, and etcd takes 64 MB at a time): make room, and try again"},
		"something else":       {"panic: bad flag", plenty, ""},
	} {
		if got := cause(test.log, "/d", test.free); got != test.want {
			t.Errorf("%s: cause = %q, want %q", name, got, test.want)
		}
	}
}

func TestAProgramThatEndsForAFullDiskSaysSo(t *testing.T) {
	t.Parallel()
	p := process{t.TempDir(), "etcd"}
	log := filepath.Join(p.directory, "said")
	if err := os.WriteFile(log, []byte(noSpace+strings.Repeat("\tat a place of its source\n", 200)), 0o600); err != nil {
		t.Fatal(err)
	}
	never := func(context.Context) error { return errors.New("no answer") }
	startProcess(t, p, "sh", "-c", `cat "$1"; exit 2`, "etcd", log)
	err := p.await(t.Context(), time.Minute, never)
	want := "etcd ended: the disk of " + p.directory + " was full ("
	if err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("await = %v, want %s…", err, want)
	}

	startProcess(t, p, "sh", "-c", "echo bad flag; exit 2") // of which the log before says nothing
	err = p.await(t.Context(), time.Minute, never)
	want = "etcd ended\nlog " + p.log() + " ends:\nbad flag"
	if err == nil || err.Error() != want {
		t.Errorf("await = %v, want %s", err, want)
	}
	if old, err := os.ReadFile(p.log() + ".old"); !strings.HasPrefix(string(old), noSpace) || err != nil {
		t.Errorf("the log of the start before is %q (%v)", old, err)
	}
}

func TestDataOfEtcdThatWasCutOffIsNotStarted(t *testing.T) {
	t.Parallel()
	plane := newPlane(t)
	cluster, err := plane.prepare(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	data := cluster.file(filepath.Join(etcdData, "member", "snap", "db"))
	err = store.At(data).Update(func(tx store.Tx) error { return tx.Put("key", strings.Repeat("value", 10_000)) })
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(data, 8192); err != nil {
		t.Fatal(err)
	}
	_, err = plane.Start(t.Context(), everyCluster)
	want := "cluster " + id + ": etcd: its data in " + data + " is damaged: it has 8192 bytes of "
	if err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("Start = %v, want %s…", err, want)
	}
}

func TestAPathInAListOfPathsIsOne(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/plain", `/it's "quoted", with a comma`, "/a b", "/ü,"} {
		got, err := csv.NewReader(strings.NewReader(inList(path))).Read() // as pflag does
		if err != nil || fmt.Sprint(got) != fmt.Sprint([]string{path}) {
			t.Errorf("%s is read as %q (%v)", path, got, err)
		}
	}
}
