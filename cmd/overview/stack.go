package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
)

// stack is what of a stack's outputs the tables show. README.md describes them.
type stack struct {
	Tenants map[string]tenant `json:"tenants"`
	Records []record          `json:"dns_records"`
	Limits  []string          `json:"limits"`
}

type tenant struct {
	Enabled bool     `json:"enabled"`
	Hosts   []string `json:"hosts"`
	CNAME   string   `json:"cname"`
	Places  []string `json:"places"`
	Models  []string `json:"models"`
}

type record struct {
	Name  string `json:"name"`
	Type  string `json:"type"`
	Value string `json:"value"`
}

func read(input io.Reader) (stack, error) {
	var outputs stack
	if err := json.NewDecoder(input).Decode(&outputs); err != nil {
		return stack{}, fmt.Errorf("standard input is not what pulumi stack output --json prints: %w", err)
	}
	if outputs.Tenants == nil && outputs.Records == nil && outputs.Limits == nil {
		return stack{}, errors.New("the stack has none of the outputs tenants, dns_records and limits: deploy it with pulumi up")
	}
	return outputs, nil
}

// write prints the tables: of each the first rows, or all if limit is 0, in lines of at
// most width characters, or as long as they are if that is 0.
func (s stack) write(output io.Writer, limit, width int) error {
	tables := []table{
		{title: fmt.Sprintf("Tenants (%d)", len(s.Tenants)), output: "tenants", header: []string{"TENANT", "HOSTS", "CNAME", "PLACES", "MODELS"}, rows: s.tenants()},
		{title: fmt.Sprintf("DNS records to create (%d)", len(s.Records)), output: "dns_records", header: []string{"NAME", "TYPE", "VALUE"}, rows: s.records()},
		{title: "Limits, the fullest first", output: "limits", rows: s.limits()},
	}
	for i, t := range tables {
		if i > 0 {
			if _, err := fmt.Fprintln(output); err != nil {
				return err
			}
		}
		if err := t.write(output, limit, width); err != nil {
			return err
		}
	}
	return nil
}

// disabled stands where an enabled tenant has a CNAME.
const disabled = "(disabled)"

func (s stack) tenants() []row {
	rows := make([]row, 0, len(s.Tenants))
	for _, id := range slices.Sorted(maps.Keys(s.Tenants)) {
		t := s.Tenants[id]
		name := t.CNAME
		if !t.Enabled {
			name = disabled
		}
		rows = append(rows, row{{id}, t.Hosts, {name}, t.Places, t.Models})
	}
	return rows
}

func (s stack) records() []row {
	rows := make([]row, 0, len(s.Records))
	for _, r := range s.Records {
		rows = append(rows, row{{r.Name}, {r.Type}, {r.Value}})
	}
	return rows
}

func (s stack) limits() []row {
	rows := make([]row, 0, len(s.Limits))
	for _, text := range s.Limits {
		rows = append(rows, row{{text}})
	}
	return rows
}
