package main

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"

	"ai-serving/sandbox/recovery"
)

// eventLog is what an event log tells.
type eventLog struct {
	file     string
	attempts []recovery.Attempt
	// isTemporary says that the log is in a directory that was given as a whole.
	isTemporary bool
}

// readLogs reads event logs, those of a directory in the order of their names.
func readLogs(paths []string) ([]eventLog, error) {
	var logs []eventLog
	for _, given := range paths {
		info, err := os.Stat(given)
		if err != nil {
			return nil, fmt.Errorf("--events: %w", err)
		}
		files := []string{given}
		if info.IsDir() {
			if files, err = filesIn(given); err != nil {
				return nil, fmt.Errorf("--events: %w", err)
			}
		}
		for _, file := range files {
			log, err := readLog(file)
			if err != nil {
				return nil, err
			}
			log.isTemporary = info.IsDir()
			logs = append(logs, log)
		}
	}
	return logs, nil
}

func filesIn(directory string) ([]string, error) {
	entries, err := os.ReadDir(directory)
	var files []string
	for _, entry := range entries {
		if filepath.Ext(entry.Name()) == ".json" {
			files = append(files, filepath.Join(directory, entry.Name()))
		}
	}
	return files, err
}

func readLog(file string) (eventLog, error) {
	from, err := os.Open(file)
	if err != nil {
		return eventLog{}, fmt.Errorf("--events: %w", err)
	}
	defer from.Close() // read only
	attempts, err := recovery.ReadEvents(from)
	if err != nil {
		return eventLog{}, fmt.Errorf("--events %s: %w", file, err)
	}
	return eventLog{file: file, attempts: attempts}, nil
}

// attempts lists the attempts of all logs.
func attempts(logs []eventLog) []recovery.Attempt {
	var all []recovery.Attempt
	for _, log := range logs {
		all = append(all, log.attempts...)
	}
	return all
}

// removeLogs removes the temporary logs that told something of the stack: the
// state has it now.
func removeLogs(logs []eventLog, stack string) error {
	var failures []error
	for _, log := range logs {
		isOfTheStack := func(attempt recovery.Attempt) bool { return attempt.Stack() == path.Base(stack) }
		if log.isTemporary && slices.ContainsFunc(log.attempts, isOfTheStack) {
			failures = append(failures, os.Remove(log.file))
		}
	}
	return errors.Join(failures...)
}
