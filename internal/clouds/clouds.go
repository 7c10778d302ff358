// Package clouds lists what Azure and Google Cloud have of the things that a
// stack file names and that grow in number: regions, machine types, accelerators,
// locations of storage, parts of the world, rule sets. Each list has a file of its
// own, with its source and the date of the last comparison with it.
//
// A value that is newer than its list is one line there. Until the program has it,
// a stack file allows it under platform.allow, with the facts that the program
// needs of it.
package clouds
