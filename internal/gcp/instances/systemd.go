package instances

import (
	"regexp"
	"strings"
)

// plainWord is one that systemd takes as it is.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9_=:/.,@+-]+$`)

// systemdSigns are those that mean something to systemd in a word in quotes.
var systemdSigns = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "%", "%%", "$", "$$", "\n", `\n`, "\t", `\t`)

// systemdWord is an argument as systemd reads one in a command line: in quotes, with
// its own signs doubled. A line of a unit's file has no line breaks.
// See systemd.syntax(7), "Quoting", and systemd.service(5), "Command lines".
func systemdWord(argument string) string {
	if plainWord.MatchString(argument) {
		return argument
	}
	return `"` + systemdSigns.Replace(argument) + `"`
}
