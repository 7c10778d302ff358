package faults

import (
	"os"
	"path/filepath"
	"time"

	"ai-serving/sandbox/store"
)

// counter counts how often the faults of a file have befallen, over all plugin
// processes: every run of the engine has its own.
type counter struct {
	file  string
	store store.Store
	armed time.Time // when the file was saved
}

// counts is what the counter stores.
type counts struct {
	Armed time.Time
	// Befallen is by the position of the fault in the file.
	Befallen map[int]int
}

const countsKey = "befallen"

// newCounter is the counter for the file as it now is.
func newCounter(home string) (counter, error) {
	saved, err := os.Stat(File(home))
	if err != nil {
		return counter{}, err
	}
	return counter{File(home), store.At(filepath.Join(home, "faults.db")), saved.ModTime().UTC()}, nil
}

// isArmed reports whether the file still is the one that is counted for.
func (c counter) isArmed() (bool, error) {
	saved, err := os.Stat(c.file)
	if os.IsNotExist(err) {
		return false, nil
	}
	return err == nil && saved.ModTime().Equal(c.armed), err
}

// take counts the fault at this position and says whether it may befall once
// more.
func (c counter) take(position, times int) (bool, error) {
	taken := false
	err := c.store.Update(func(tx store.Tx) error {
		now, err := c.read(tx)
		if err != nil || now.Befallen[position] >= times {
			return err
		}
		taken = true
		now.Befallen[position]++
		return tx.Put(countsKey, now)
	})
	return taken, err
}

// befallen is how often each fault has befallen since the file was saved.
func (c counter) befallen() (befallen map[int]int, err error) {
	err = c.store.View(func(tx store.Tx) error {
		now, err := c.read(tx)
		befallen = now.Befallen
		return err
	})
	return befallen, err
}

// read gives the counts, which begin anew when the file is saved.
func (c counter) read(tx store.Tx) (counts, error) {
	fresh := counts{Armed: c.armed, Befallen: map[int]int{}}
	var stored counts
	if _, err := tx.Get(countsKey, &stored); err != nil {
		return fresh, err
	}
	if !stored.Armed.Equal(c.armed) {
		return fresh, nil
	}
	return stored, nil
}

// Status is a fault and what has become of it.
type Status struct {
	Fault
	// Befallen is how often it has, of Limit times.
	Befallen, Limit int
}

// Statuses are the faults of a sandbox, in the order of its file.
func Statuses(home string) ([]Status, error) {
	faults, err := Load(File(home))
	if err != nil || len(faults) == 0 {
		return nil, err
	}
	counter, err := newCounter(home)
	if err != nil {
		return nil, err
	}
	befallen, err := counter.befallen()
	if err != nil {
		return nil, err
	}
	all := make([]Status, len(faults))
	for i, fault := range faults {
		all[i] = Status{fault, befallen[i], fault.times()}
	}
	return all, nil
}
