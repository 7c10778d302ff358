package mutants

import (
	"maps"
	"math"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// mutator is a kind of mistake.
type mutator struct {
	name string
	// changes are how the mistake can be made at a place, if it can.
	changes func(site) []change
}

// optionalRemoved is the mistake that may be none.
const optionalRemoved = "optional property removed"

// mutators are the kinds of mistakes.
var mutators = []mutator{
	{"required property removed", func(s site) []change { return s.remove(true) }},
	{optionalRemoved, func(s site) []change { return s.remove(false) }},
	{"misspelt property", misspell},
	{"wrong type", wrongType},
	{"read-only property given", giveReadOnly},
	{"excluded property beside", giveExcluded},
	{"malformed key", malformKey},
	{"empty", empty},
	{"duplicate element", duplicate},
	{"unknown word", unknownWord},
	{"below range", below},
	{"above range", above},
	{"above its bound", exceed},
	{"another port", anotherPort},
	{"malformed text", malform},
	{"overlong text", lengthen},
	{"name taken", takeName},
	{"dangling reference", dangle},
	{"reference of another kind", referToAnotherKind},
	{"dangling part", func(s site) []change { return s.changePart(false) }},
	{"part of another kind", func(s site) []change { return s.changePart(true) }},
	{"unknown place", unknownPlace},
	{"another place", anotherPlace},
	{"malformed address", malformAddress},
	{"range of another", rangeOfAnother},
	{"range elsewhere", rangeElsewhere},
}

func (s site) remove(required bool) []change {
	if !s.property || !s.listed || s.shape.required != required {
		return nil
	}
	return []change{{at: s.at, path: s.path}}
}

func misspell(s site) []change {
	if !s.property || !s.listed || len(s.key) < 2 {
		return nil
	}
	return []change{{at: s.at, path: s.path, rename: s.key[1:]}}
}

func wrongType(s site) []change {
	switch {
	case len(s.at) == 0:
		return nil
	case s.value.IsString():
		return s.to(map[string]any{"not": "a text"})
	case s.value.IsNumber():
		return s.to("many")
	case s.value.IsBool():
		return s.to("maybe")
	case s.value.IsArray():
		return s.to(map[string]any{"not": "a list"})
	default:
		return s.to("text")
	}
}

// giveReadOnly gives the properties that are the cloud's to set.
func giveReadOnly(s site) []change {
	if !s.value.IsObject() || s.shape.properties == nil {
		return nil
	}
	var changes []change
	properties := s.shape.properties()
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		if properties[name].readOnly {
			changes = append(changes, s.add(name, "mine"))
		}
	}
	return changes
}

// giveExcluded gives properties that exclude one that is there.
func giveExcluded(s site) []change {
	if !s.value.IsObject() || s.shape.properties == nil {
		return nil
	}
	var changes []change
	given := s.value.ObjectValue()
	properties := s.shape.properties()
	for _, name := range slices.Sorted(maps.Keys(given)) {
		for _, excluded := range s.excludedBy(string(name), properties[string(name)].excludes) {
			if !given.HasValue(resource.PropertyKey(excluded.name)) {
				changes = append(changes, s.add(excluded.name, excluded.value))
			}
		}
	}
	return changes
}

// add gives an object one more property.
func (s site) add(name string, value any) change {
	child := s
	child.at = append(slices.Clone(s.at), name)
	child.path = strings.TrimPrefix(s.path+"."+name, ".")
	return child.to(value)[0]
}

func malformKey(s site) []change {
	if !s.shape.open || !s.value.IsObject() {
		return nil
	}
	added := s.add("-bad key!", "value")
	added.path = s.path
	return []change{added}
}

func empty(s site) []change {
	switch {
	case len(s.at) == 0:
		return nil
	case s.value.IsString() && s.value.StringValue() != "":
		return s.to("")
	case s.value.IsArray() && len(s.value.ArrayValue()) > 0:
		return s.to([]any{})
	case s.value.IsObject() && len(s.value.ObjectValue()) > 0:
		return s.to(map[string]any{})
	}
	return nil
}

func duplicate(s site) []change {
	if !s.value.IsArray() || len(s.value.ArrayValue()) == 0 {
		return nil
	}
	list := s.value.ArrayValue()
	return s.to(resource.NewProperty(append(slices.Clone(list), list[0])))
}

// googleWord is how Google writes the words of its enumerations, which its
// provider's schema does not list.
var googleWord = regexp.MustCompile(`^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$`)

func (s site) isWord() bool {
	return s.value.IsString() && !s.isPlace() &&
		(s.shape.enumerated || s.made.cloud() == googleCloud && googleWord.MatchString(s.value.StringValue()) && !s.isOpenKey())
}

// isOpenKey says whether the value is one of an open object's, such as a label.
func (s site) isOpenKey() bool { return s.property && !s.listed }

func unknownWord(s site) []change {
	if !s.isWord() || len(s.value.StringValue()) < 2 {
		return nil
	}
	word := s.value.StringValue()
	return s.to(word[:len(word)-1])
}

const (
	lowestPort, highestPort = 1, 65535
	// highest is more than any duration, size or rate in the clouds.
	highest = math.MaxInt32
	// mostNodes is more than a node pool has in one zone.
	mostNodes = 1001
)

// isPort says whether the value is the number of a port.
func (s site) isPort() bool {
	number, isNumber := s.number()
	return isNumber && number >= lowestPort && number <= highestPort && strings.Contains(strings.ToLower(s.key), "port")
}

// number is the value of a number, or of a text that is one.
func (s site) number() (float64, bool) {
	if s.value.IsNumber() {
		return s.value.NumberValue(), true
	}
	if !s.value.IsString() {
		return 0, false
	}
	number, err := strconv.Atoi(s.value.StringValue())
	return float64(number), err == nil
}

// toNumber changes the value to a number, or to a text that is one.
func (s site) toNumber(number int) []change {
	if s.value.IsString() {
		return s.to(strconv.Itoa(number))
	}
	return s.to(number)
}

func below(s site) []change {
	switch {
	case s.isPort():
		return s.toNumber(lowestPort - 1)
	case !s.value.IsNumber():
		return nil
	case s.shape.minimum != nil:
		return s.toNumber(*s.shape.minimum - 1)
	default:
		return s.toNumber(-1)
	}
}

func above(s site) []change {
	switch {
	case s.isPort():
		return s.toNumber(highestPort + 1)
	case !s.value.IsNumber():
		return nil
	case s.shape.maximum != nil:
		return s.toNumber(*s.shape.maximum + 1)
	case strings.HasSuffix(s.key, "NodeCount"):
		return s.toNumber(mostNodes)
	default:
		return s.toNumber(highest)
	}
}

func anotherPort(s site) []change {
	if !s.isPort() {
		return nil
	}
	number, _ := s.number()
	return s.toNumber(int(number) + 1)
}

// isText says whether the value is a text of a form of its own.
func (s site) isText() bool {
	return s.value.IsString() && !s.isWord() && !s.isPlace() && !s.isPart() && !s.isPort() && s.reference() == nil
}

func malform(s site) []change {
	if !s.isText() {
		return nil
	}
	return s.to("-bad value!")
}

func lengthen(s site) []change {
	if !s.isText() || s.isRange() || s.isAddress() {
		return nil
	}
	return s.to(strings.Repeat("a", 300))
}

// takeName gives the resource the name of another one of its type.
func takeName(s site) []change {
	isPathParameter := s.shape.immutable && !s.shape.required && s.made.cloud() == azureCloud
	if !s.isText() || !slices.Contains(names, s.path) && !isPathParameter {
		return nil
	}
	return s.ofAnother()
}

// names are the properties that name a resource among others.
var names = []string{"name", "metadata.name", "accountId", "dnsConfig.relativeName", "dnsSettings.domainNameLabel"}

// ofAnother takes over what another resource of the type has in the place.
func (s site) ofAnother() []change {
	for _, other := range s.g.others(s.made) {
		if value, found := s.at.Get(resource.NewProperty(other.inputs)); found && value.IsString() && !value.DeepEquals(s.value) {
			return s.to(value)
		}
	}
	return nil
}

// reference is what a value says of another resource.
type reference struct {
	to   made
	text string // which of its outputs is in the value
	key  resource.PropertyKey
}

// identity is the key of a [reference] by id.
const identity = resource.PropertyKey("id")

// shortest is the least length of an output that is looked for inside of a text.
const shortest = 6

// reference finds the longest output of another resource in the value.
func (s site) reference() *reference {
	if !s.value.IsString() || s.isPlace() || len(s.at) == 0 {
		return nil
	}
	var longest *reference
	property, _ := s.at[0].(string)
	for _, urn := range s.made.uses[resource.PropertyKey(property)] {
		other, found := s.g.made[urn]
		if !found {
			continue
		}
		for key, text := range identifiers(other) {
			fits := s.value.StringValue() == text || len(text) >= shortest && strings.Contains(s.value.StringValue(), text)
			if fits && (longest == nil || len(text) > len(longest.text) || len(text) == len(longest.text) && key < longest.key) {
				longest = &reference{other, text, key}
			}
		}
	}
	return longest
}

// identifiers are the texts that stand for a resource.
func identifiers(m made) map[resource.PropertyKey]string {
	texts := map[resource.PropertyKey]string{}
	for key, value := range m.outputs {
		_, given := m.inputs[key]
		if value.IsString() && value.StringValue() != "" && !strings.HasPrefix(string(key), "__") && (key == "name" || !given) {
			texts[key] = value.StringValue()
		}
	}
	texts[identity] = m.id
	if metadata := m.outputs["metadata"]; metadata.IsObject() && metadata.ObjectValue()["name"].IsString() {
		texts["name"] = metadata.ObjectValue()["name"].StringValue()
	}
	return texts
}

func dangle(s site) []change {
	r := s.reference()
	if r == nil || s.isWord() {
		return nil
	}
	return s.to(strings.Replace(s.value.StringValue(), r.text, r.text+"-missing", 1))
}

// referToAnotherKind names a resource of another type that exists already.
func referToAnotherKind(s site) []change {
	r := s.reference()
	if r == nil || s.isWord() {
		return nil
	}
	for _, urn := range s.g.ancestors(s.made) {
		other := s.g.made[urn]
		text := identifiers(other)[r.key]
		if other.token() != r.to.token() && other.cloud() == r.to.cloud() && text != "" && text != r.text {
			return s.to(strings.Replace(s.value.StringValue(), r.text, text, 1))
		}
	}
	return nil
}

// ancestors are the URNs of what a resource depends on, sorted.
func (g *generator) ancestors(m made) []resource.URN {
	found := map[resource.URN]bool{}
	var visit func(made)
	visit = func(m made) {
		for _, urn := range m.dependencies {
			if other, exists := g.made[urn]; exists && !found[urn] {
				found[urn] = true
				visit(other)
			}
		}
	}
	visit(m)
	return slices.Sorted(maps.Keys(found))
}

// part is a reference to a part of the resource itself: $self/probes/chat.
var part = regexp.MustCompile(`^\$self/([A-Za-z]+)/(.+)$`)

func (s site) isPart() bool { return s.value.IsString() && part.MatchString(s.value.StringValue()) }

func (s site) changePart(kind bool) []change {
	if !s.isPart() {
		return nil
	}
	parts := part.FindStringSubmatch(s.value.StringValue())
	collection, name := parts[1], parts[2]
	switch {
	case !kind:
		name += "-missing"
	case collection == "httpListeners":
		collection = "probes"
	default:
		collection = "httpListeners"
	}
	return s.to("$self/" + collection + "/" + name)
}

// place is how properties are named that say where a resource is.
var place = regexp.MustCompile(`(?i)^(location|region|zone|node_?location|distributionpolicyzone)s?$`)

func (s site) isPlace() bool {
	return s.value.IsString() && place.MatchString(s.key)
}

func unknownPlace(s site) []change {
	switch text := s.value; {
	case !s.isPlace():
		return nil
	case len(text.StringValue()) == 1: // a zone in Azure
		return s.to("9")
	case strings.Count(text.StringValue(), "-") == 2: // a zone in Google Cloud
		return s.to(text.StringValue()[:len(text.StringValue())-1] + "x")
	default:
		return s.to("atlantis1")
	}
}

// anotherPlace is where nothing else of the stack is.
func anotherPlace(s site) []change {
	switch text := s.value; {
	case !s.isPlace():
		return nil
	case len(text.StringValue()) == 1:
		return nil
	case strings.Count(text.StringValue(), "-") == 2:
		return s.to("us-east1-b")
	case s.made.cloud() == googleCloud:
		return s.to("us-east1")
	default:
		return s.to("eastus2")
	}
}

func (s site) isRange() bool {
	if !s.value.IsString() {
		return false
	}
	_, err := netip.ParsePrefix(s.value.StringValue())
	return err == nil
}

func (s site) isAddress() bool {
	if !s.value.IsString() {
		return false
	}
	_, err := netip.ParseAddr(s.value.StringValue())
	return err == nil
}

func malformAddress(s site) []change {
	switch {
	case s.isRange():
		return s.to(strings.Split(s.value.StringValue(), "/")[0] + "/99")
	case s.isAddress():
		return s.to("300.0.0.1")
	}
	return nil
}

// rangeOfAnother takes the range of another resource of the type.
func rangeOfAnother(s site) []change {
	if !s.isRange() {
		return nil
	}
	return s.ofAnother()
}

func rangeElsewhere(s site) []change {
	if !s.isRange() {
		return nil
	}
	return s.to("192.0.2.0/24") // for documentation: nowhere
}
