package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const (
	older = `{"version": 3, "checkpoint": {"latest": {"resources": [1]}}}`
	newer = `{"version": 3, "checkpoint": {"latest": {"resources": [1, 2]}}}`
)

func TestADamagedStateIsNamedWithTheCommandThatPutsItBack(t *testing.T) {
	t.Parallel()
	for text, says := range map[string]string{
		"":                     "it is empty",
		older[:30]:             "unexpected end of JSON input",
		"<html>not found":      "invalid character '<' looking for beginning of value",
		"[]":                   "it is JSON, and no state",
		"{}":                   "it is JSON, and no state",
		older + older:          "invalid character '{' after top-level value",
		"\x00\x00\x00\x00\x00": `invalid character '\x00' looking for beginning of value`,
	} {
		place := newPlace(t)
		stack, err := place.Find("dev")
		if err != nil {
			t.Fatal(err)
		}
		if err := checkState(place, stack); err != nil {
			t.Fatalf("a whole state is refused: %v", err)
		}
		file := place.State("dev")
		write(t, file, text)
		begin := "the state of stack dev is damaged: " + file + ": " + says + ": "
		err = checkState(place, stack)
		if want := begin + "there is no copy of it: start again with make clean"; err == nil || err.Error() != want {
			t.Errorf("%q without a copy: %v, want %s", text, err, want)
		}

		states := filepath.Join(place.Home, "state", ".pulumi")
		for age, copy := range []struct{ path, text string }{
			{"stacks/ai-serving/dev.json.bak", text}, // damaged, too
			{"history/ai-serving/dev/dev-2.checkpoint.json", newer},
			{"backups/ai-serving/dev/dev.1.json", older},
			{"history/ai-serving/dev/dev-3.history.json", older},
			{"history/ai-serving/dev2/dev-3.checkpoint.json", older},
		} {
			path := filepath.Join(states, copy.path)
			write(t, path, copy.text)
			made := time.Now().Add(-time.Duration(age) * time.Minute)
			if err := os.Chtimes(path, made, made); err != nil {
				t.Fatal(err)
			}
		}
		err = checkState(place, stack)
		want := begin + "put the last good copy back and find out what has changed since: "
		if err == nil || !strings.HasPrefix(err.Error(), want) || !strings.HasSuffix(err.Error(), " && make recover STACK=dev") {
			t.Fatalf("%q with a copy: %v, want %s…", text, err, want)
		}
		command, _, _ := strings.Cut(strings.TrimPrefix(err.Error(), want), " && ")
		if output, err := exec.Command("sh", "-ec", command).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v: %s", command, err, output)
		}
		if back, err := os.ReadFile(file); string(back) != newer || err != nil {
			t.Errorf("the command has put %q back (%v), want the newest copy", back, err)
		}
	}
}

func TestAStateThatIsGoneIsMissedUnlessTheStackWasRemoved(t *testing.T) {
	t.Parallel()
	place := newPlace(t)
	states := filepath.Join(place.Home, "state", ".pulumi")
	write(t, filepath.Join(states, "stacks/ai-serving/prod.json.bak"), newer) // as pulumi stack rm leaves it
	prod, err := place.Find("prod")
	if err != nil {
		t.Fatal(err)
	}
	if err := checkState(place, prod); err != nil {
		t.Errorf("after the stack was removed: %v", err)
	}
	last := filepath.Join(states, "history/ai-serving/prod/prod-1.checkpoint.json")
	write(t, last, older)
	file := place.State("prod")
	want := "the state of stack prod is damaged: " + file + ": it is gone: put the last good copy back and find out what has changed since: cp " +
		quote(last) + " " + quote(file) + " && make recover STACK=prod"
	if err := checkState(place, prod); err == nil || err.Error() != want {
		t.Errorf("after the state was removed: %v, want %s", err, want)
	}
}
