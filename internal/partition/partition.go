// Package partition divides names into parts that fit into something, in a way that
// a name that comes or goes changes one part and leaves the others alone.
package partition

import "crypto/sha256"

// ByHash divides names into parts that fit, by the bits of their hashes: a part
// that does not fit is divided by the next bit. A name that comes or goes changes
// one part, or divides one, or joins two. A name that does not fit by itself is a
// part of its own. A part keeps the order of the names.
func ByHash(names []string, fits func([]string) bool) [][]string {
	return byHash(names, fits, 0)
}

func byHash(names []string, fits func([]string) bool, bit int) [][]string {
	if len(names) == 0 {
		return nil
	}
	if len(names) == 1 || fits(names) {
		return [][]string{names}
	}
	var halves [2][]string
	for _, name := range names {
		half := hashBit(name, bit)
		halves[half] = append(halves[half], name)
	}
	return append(byHash(halves[0], fits, bit+1), byHash(halves[1], fits, bit+1)...)
}

// hashBit is a bit of a name's hash, of which there are 256: no two names have
// them all in common.
func hashBit(name string, bit int) int {
	sum := sha256.Sum256([]byte(name))
	return int(sum[bit/8]>>(bit%8)) & 1
}
