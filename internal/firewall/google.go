package firewall

import "slices"

// Sensitivity is that of Google's preconfigured rules: the core rule set's paranoia
// level. At 1 are the signatures that least often match what is no attack.
// Source: cloud.google.com/armor/docs/rule-tuning.
const Sensitivity = 1

// set is one of Google's sets of preconfigured rules.
type set struct {
	name string
	// group is what the ids of its rules begin with, in the core rule set.
	group int
}

// sets are Google's. The core rule set's other rules on requests, those on the form of
// the protocol (920) and of multipart bodies (922), Google has not.
// Source: cloud.google.com/armor/docs/waf-rules.
var sets = []set{
	{"methodenforcement", 911},
	{"scannerdetection", 913},
	{"protocolattack", 921},
	{"lfi", 930},
	{"rfi", 931},
	{"rce", 932},
	{"php", 933},
	{"generic", 934},
	{"xss", 941},
	{"sqli", 942},
	{"sessionfixation", 943},
	{"java", 944},
}

// SetOf is the name of Google's set that a rule of the core rule set is in, or "".
func SetOf(id int) string {
	i := slices.IndexFunc(sets, func(s set) bool { return s.group == id/1000 })
	if i < 0 {
		return ""
	}
	return sets[i].name
}
