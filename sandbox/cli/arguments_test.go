package cli

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCommandLinesAreReadAsThePulumiCLIDoes(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]request{
		"":                                 {},
		"up":                               {command: "up"},
		"update -s dev --yes":              {command: "up", stack: "dev", flags: []string{"yes"}},
		"pre --stack=dev --diff":           {command: "preview", stack: "dev"},
		"-s dev config set a b":            {command: "config set", stack: "dev", arguments: []string{"a", "b"}},
		"config -s dev set a b":            {command: "config set", stack: "dev", arguments: []string{"a", "b"}},
		"config set -sdev --secret a":      {command: "config set", stack: "dev", arguments: []string{"a"}, flags: []string{"secret"}},
		"--color never config rm a":        {command: "config remove", arguments: []string{"a"}},
		"--non-interactive config cp -d x": {command: "config copy", flags: []string{"non-interactive"}},
		"-v 9 -e --logtostderr config set-all --plaintext a=b": {command: "config set-all", arguments: []string{"a=b"}, flags: []string{"plaintext"}},
		"config env add x":                   {command: "config env", arguments: []string{"add", "x"}},
		"stack init dev":                     {command: "stack init", arguments: []string{"dev"}},
		"stack select -c dev":                {command: "stack select", arguments: []string{"dev"}, flags: []string{"create"}},
		"stack ls --all":                     {command: "stack list"},
		"up --help":                          {},
		"config set -h":                      {},
		"up -s":                              {},
		"stack rm --yes dev":                 {command: "stack remove", arguments: []string{"dev"}, flags: []string{"yes"}},
		"dn --run-program -s dev":            {command: "destroy", stack: "dev", flags: []string{"run-program"}},
		"up --target urn:pulumi:x -p 4 -s a": {command: "up", stack: "a"},
		"up -c ai-serving:x=y --stack dev":   {command: "up", stack: "dev", arguments: []string{"ai-serving:x=y"}, flags: []string{"create"}},
		"up -C /elsewhere":                   {command: "up", elsewhere: true},
		"--cwd=/elsewhere up":                {command: "up", elsewhere: true},
		"up -- -C":                           {command: "up", arguments: []string{"-C"}},
		"plugin ls":                          {arguments: []string{"plugin", "ls"}},
		"version":                            {arguments: []string{"version"}},
	} {
		got := parse(strings.Fields(given))
		if len(got.arguments) == 0 {
			got.arguments = nil
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(request{})); diff != "" {
			t.Errorf("pulumi %s (-want +got)\n%s", given, diff)
		}
	}
}
