package controlplane

import (
	"fmt"
	"strings"
	"syscall"
)

// segment is what etcd reserves on the disk when it begins a part of its log, in
// bytes: SegmentSizeBytes of go.etcd.io/etcd/server/v3/storage/wal.
const segment = 64_000_000

// errorNoSpace is how programs say that a disk is full: the text of ENOSPC.
var errorNoSpace = syscall.ENOSPC.Error()

// cause is why a program has failed, where that is known: the end of its log seldom
// says it. Free is how much room there is on the disk of the program's directory, in
// bytes: a full disk takes no log.
func cause(log, directory string, free uint64) string {
	if !strings.Contains(log, errorNoSpace) && free >= segment {
		return ""
	}
	return fmt.Sprintf(": the disk of %s was full (%d MB are free now, and etcd takes %d MB at a time): make room, and try again",
		directory, free/1_000_000, segment/1_000_000)
}

// freeSpace is how much room there is on the disk of a directory, in bytes.
func freeSpace(directory string) (uint64, error) {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(directory, &disk); err != nil {
		return 0, err
	}
	return disk.Bavail * uint64(disk.Bsize), nil
}
