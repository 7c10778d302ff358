package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"unicode/utf8"
)

// row is a line of a table: a list for every column.
type row [][]string

// table is a part of what is printed.
type table struct {
	title string
	// output is the name of the stack's output that has all of it.
	output string
	// header names the columns; none for a table that needs no names.
	header []string
	rows   []row
}

const (
	// padding is between two columns.
	padding = 2
	// narrowest is the least width that a column is cut to, in characters.
	narrowest = 12
	// cut ends a text that goes on.
	cut = "…"
)

// write prints the first rows, or all if limit is 0, in lines of at most width
// characters as far as that can be, or as long as they are if it is 0.
func (t table) write(output io.Writer, limit, width int) error {
	rows := t.rows
	if limit > 0 && len(rows) > limit {
		rows = rows[:limit]
	}
	if _, err := fmt.Fprintln(output, t.title); err != nil {
		return err
	}
	lines := tabwriter.NewWriter(output, 0, 0, padding, ' ', 0)
	for _, cells := range t.fit(rows, width) {
		fmt.Fprintln(lines, strings.TrimRight(strings.Join(cells, "\t"), "\t")) // Flush has its error
	}
	if err := lines.Flush(); err != nil {
		return err
	}
	if more := len(t.rows) - len(rows); more > 0 {
		_, err := fmt.Fprintf(output, "… and %d more: overview -all prints them, and pulumi stack output %s has them\n", more, t.output)
		return err
	}
	return nil
}

// column bounds what is printed of a column's lists: so many elements, and so many
// characters.
type column struct{ elements, width int }

// fit is the text of the header and the rows. Where lines are too wide, the widest column
// is shortened, again and again: by elements while its lists have several, then by
// characters.
func (t table) fit(rows []row, width int) [][]string {
	columns := bounds(rows)
	for {
		text := t.text(rows, columns)
		widths := widthsOf(text)
		if width <= 0 || total(widths) <= width || !shorten(columns, widths) {
			return text
		}
	}
}

// bounds let everything through.
func bounds(rows []row) []column {
	var columns []column
	for _, r := range rows {
		for i, list := range r {
			if i == len(columns) {
				columns = append(columns, column{})
			}
			columns[i].elements = max(columns[i].elements, len(list))
		}
	}
	return columns
}

// shorten bounds the widest column that can be shortened, and reports whether there was
// one.
func shorten(columns []column, widths []int) bool {
	widest := -1
	for i, width := range widths[:len(columns)] {
		if width > narrowest && (widest < 0 || width > widths[widest]) {
			widest = i
		}
	}
	if widest < 0 {
		return false
	}
	if c := &columns[widest]; c.elements > 1 {
		c.elements--
	} else {
		c.width = widths[widest] - 1
	}
	return true
}

func (t table) text(rows []row, columns []column) [][]string {
	text := make([][]string, 0, len(rows)+1)
	if t.header != nil {
		text = append(text, t.header)
	}
	for _, r := range rows {
		cells := make([]string, 0, len(r))
		for i, list := range r {
			cells = append(cells, columns[i].text(list))
		}
		text = append(text, cells)
	}
	return text
}

// text is a list as far as the column has room for it, and how many elements there are
// more.
func (c column) text(list []string) string {
	text, rest := strings.Join(list[:min(c.elements, len(list))], ", "), ""
	if more := len(list) - c.elements; more > 0 {
		rest = fmt.Sprintf(" +%d", more)
	}
	room := c.width - utf8.RuneCountInString(rest)
	if c.width > 0 && utf8.RuneCountInString(text) > room {
		text = string([]rune(text)[:max(0, room-1)]) + cut
	}
	return text + rest
}

func widthsOf(text [][]string) []int {
	var widths []int
	for _, cells := range text {
		for i, cell := range cells {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	return widths
}

// total is the width of a line.
func total(widths []int) int {
	sum := padding * max(0, len(widths)-1)
	for _, width := range widths {
		sum += width
	}
	return sum
}
