// Command overview prints what a stack has as tables that a person reads: the tenants,
// the DNS records to create, and the fullest limits. It reads what
//
//	pulumi stack output --json
//
// prints, from standard input, whatever cloud the stack is in.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"
)

func main() {
	if err := run(os.Args[1:], os.Stdin, os.Stdout, terminalWidth()); err != nil {
		fmt.Fprintln(os.Stderr, "overview:", err)
		os.Exit(1)
	}
}

// terminalWidth is the width of standard output, in characters; 0 if it is not a terminal.
func terminalWidth() int {
	width, _, err := term.GetSize(int(os.Stdout.Fd()))
	if err != nil {
		return 0
	}
	return width
}

// shown is how many rows of a table are printed.
const shown = 20

func run(arguments []string, input io.Reader, output io.Writer, width int) error {
	flags := flag.NewFlagSet("overview", flag.ContinueOnError)
	flags.Usage = func() {
		fmt.Fprintln(flags.Output(), "Usage: pulumi stack output --json | overview [-all] [-width N]")
		flags.PrintDefaults()
	}
	all := flags.Bool("all", false, fmt.Sprintf("print every row, and not the first %d only", shown))
	flags.IntVar(&width, "width", width, "shorten lists so that lines have `N` characters at most; 0 for whole lists")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	stack, err := read(input)
	if err != nil {
		return err
	}
	limit := shown
	if *all {
		limit = 0
	}
	return stack.write(output, limit, width)
}
