package cli

import (
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// request is what a Pulumi command line asks for, as far as the sandbox looks at
// it.
type request struct {
	// command is the command by its first name, such as "config set"; empty for
	// one that the sandbox does not look at.
	command string
	// stack is the one that the command line names, if any.
	stack string
	// arguments are those that are no flags.
	arguments []string
	// elsewhere says that it is about a project in another directory.
	elsewhere bool
	// flags are those among the switches below that are given.
	flags []string
}

func (r request) has(flag string) bool { return slices.Contains(r.flags, flag) }

// switches are flags without a value that stand in front of arguments, or that
// the sandbox looks at. Of the others none stands before a name that matters.
var switches = []string{"create", "run-program", "secret", "plaintext", "path", "yes", "non-interactive", "json"}

// shorthands are the switches' letters.
var shorthands = map[string]string{"create": "c", "yes": "y", "json": "j"}

// commands are those that the sandbox looks at, each with its other names:
// pkg/cmd/pulumi of github.com/pulumi/pulumi, v3.259.0.
var commands = map[string][]string{
	"up":      {"update"},
	"preview": {"pre"},
	"destroy": {"down", "dn"},
	"refresh": nil,
	"watch":   nil,
	"import":  nil,
	"cancel":  nil,
	"logs":    nil,

	"stack":                         nil,
	"stack list":                    {"ls"},
	"stack init":                    {"new", "create", "setup"},
	"stack select":                  nil,
	"stack remove":                  {"rm", "delete"},
	"stack rename":                  nil,
	"stack output":                  nil,
	"stack export":                  nil,
	"stack import":                  nil,
	"stack graph":                   nil,
	"stack history":                 {"hist"},
	"stack change-secrets-provider": nil,

	"state": nil,

	"config":            nil,
	"config get":        nil,
	"config set":        nil,
	"config set-all":    nil,
	"config remove":     {"rm", "delete"},
	"config remove-all": {"rm-all", "delete-all"},
	"config copy":       {"cp"},
	"config refresh":    nil,
	"config env":        nil,
}

// parse finds out what a command line asks for. It reads the command line as the
// Pulumi CLI does, which takes flags before the command, too: by the same library.
func parse(arguments []string) request {
	root := tree()
	found, rest, err := root.Find(arguments)
	if err == nil {
		found.FParseErrWhitelist.UnknownFlags = true
		err = found.ParseFlags(rest)
	}
	if err != nil { // such as one that asks for help
		return request{}
	}
	flags := found.Flags()
	r := request{
		command:   strings.TrimPrefix(strings.TrimPrefix(found.CommandPath(), root.Name()), " "),
		arguments: flags.Args(),
		elsewhere: flags.Changed("cwd"),
	}
	r.stack, _ = flags.GetString("stack") // there is such a flag
	for _, name := range switches {
		if given, _ := flags.GetBool(name); given { // there is such a flag
			r.flags = append(r.flags, name)
		}
	}
	return r
}

// tree has the commands of the Pulumi CLI that the sandbox looks at.
func tree() *cobra.Command {
	root := &cobra.Command{Use: "pulumi", Args: cobra.ArbitraryArgs, Run: func(*cobra.Command, []string) {}}
	flags := root.PersistentFlags()
	flags.StringP("stack", "s", "", "")
	flags.StringP("cwd", "C", "", "")
	flags.BoolP("emoji", "e", false, "")
	flags.BoolP("fully-qualify-stack-names", "Q", false, "")
	for _, name := range []string{"disable-integrity-checking", "logflow", "logtostderr"} {
		flags.Bool(name, false, "")
	}
	for _, name := range switches {
		flags.BoolP(name, shorthands[name], false, "")
	}
	made := map[string]*cobra.Command{"": root}
	for _, path := range slices.Sorted(maps.Keys(commands)) { // a parent comes before its children
		parent, name := "", path
		if before, after, isChild := strings.Cut(path, " "); isChild {
			parent, name = before, after
		}
		made[path] = &cobra.Command{Use: name, Aliases: commands[path], Args: cobra.ArbitraryArgs, Run: root.Run}
		made[parent].AddCommand(made[path])
	}
	return root
}
