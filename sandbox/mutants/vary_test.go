package mutants

import (
	"net/netip"
	"slices"
	"strings"
)

// otherWords are words of Google's enumerations, which its provider's schema
// does not list, that are as good as another one.
var otherWords = map[string]string{
	"EXTERNAL_MANAGED": "INTERNAL_SELF_MANAGED", "EXTERNAL": "INTERNAL", "IPV4": "IPV6", "HTTP": "TCP", "TCP": "UDP",
	"GLOBAL": "REGIONAL", "REGIONAL": "GLOBAL", "ACTIVE": "BACKUP", "PREMIUM": "STANDARD",
	"REGIONAL_MANAGED_PROXY": "PRIVATE", "VPC_NATIVE": "ROUTES", "ADVANCED_DATAPATH": "LEGACY_DATAPATH", "EU": "US",
	"INGRESS": "EGRESS", "COS_CONTAINERD": "UBUNTU_CONTAINERD",
}

// vary changes a value to another one that the cloud could have, if one can be
// told.
func (s site) vary() []change {
	switch {
	case len(s.at) == 0 || s.value.IsObject() || s.value.IsArray():
		return nil
	case s.value.IsBool():
		return s.to(!s.value.BoolValue())
	case s.value.IsNumber():
		return s.to(s.value.NumberValue() + 1)
	case !s.value.IsString():
		return nil
	}
	text := s.value.StringValue()
	other, isKnown := otherWords[text]
	reference := s.reference()
	switch {
	case isKnown && s.made.cloud() == googleCloud:
		return s.to(other)
	case s.isPlace():
		return s.varyPlace()
	case len(s.shape.values) > 0:
		return s.varyWord(text)
	case s.isWord():
		return nil
	case s.isRange():
		prefix, _ := netip.ParsePrefix(text)
		return s.to(netip.PrefixFrom(netip.MustParseAddr("10.99.0.0"), prefix.Bits()).String())
	case s.isAddress():
		return s.to("10.99.0.9")
	case reference != nil:
		return s.to(strings.Replace(text, reference.text, reference.text+"-b", 1))
	case s.isPort():
		return anotherPort(s)
	default:
		return s.to(text + "x")
	}
}

func (s site) varyPlace() []change {
	if len(s.value.StringValue()) == 1 { // a zone in Azure
		if s.value.StringValue() == "1" {
			return s.to("2")
		}
		return s.to("1")
	}
	return anotherPlace(s)
}

func (s site) varyWord(text string) []change {
	i := slices.IndexFunc(s.shape.values, func(value string) bool { return value != text })
	if i < 0 {
		return nil
	}
	return s.to(s.shape.values[i])
}
