package firewall

// Exclusion is a part of requests that some of Microsoft's rules leave alone.
type Exclusion struct {
	// Variable, Operator and Selector are Azure's matchVariable,
	// selectorMatchOperator and selector.
	Variable, Operator, Selector string
	// Groups are those of the rules that it is for; none for all rules.
	Groups []Group
}

// Group is a rule group of Microsoft's.
type Group struct {
	Name string
	// Rules are the ids of those that are meant; none for the whole group.
	Rules []string
}

// contentGroups are the groups of Microsoft's default rule set, 2.1 and 2.2, that look
// for attacks in the text of arguments. The others look at the form of a request, and
// stay on for all of it: General, METHOD-ENFORCEMENT and PROTOCOL-ENFORCEMENT.
//
// The five of Microsoft's own (MS-ThreatIntel) cannot be tried here, for their rules
// are not published. They are as a sample of Microsoft's has them: a chat was refused
// by them, until its content was excluded from these groups.
//
// Sources: learn.microsoft.com/azure/web-application-firewall/ag/application-gateway-crs-rulegroups-rules;
// github.com/Azure-Samples/microsoft-foundry-baseline-landing-zone/pull/34.
var contentGroups = []string{
	"FIX", "JAVA", "LFI", "NODEJS", "PHP", "PROTOCOL-ATTACK", "RCE", "RFI", "SQLI", "XSS",
	"MS-ThreatIntel-AppSec", "MS-ThreatIntel-CVEs", "MS-ThreatIntel-SQLI", "MS-ThreatIntel-WebShells",
}

// xssGroup came with version 2.2.
const xssGroup = "MS-ThreatIntel-XSS"

// characterRules look for a null, and for what cannot be printed, in arguments: text
// about "%00" has one, for the rules decode it.
var characterRules = Group{"PROTOCOL-ENFORCEMENT", []string{"920270", "920271"}}

// promptGroups are the rules of a version of Microsoft's default rule set that look at
// the text of arguments.
func promptGroups(ruleSet string) []Group {
	groups := []Group{characterRules}
	for _, name := range contentGroups {
		groups = append(groups, Group{Name: name})
	}
	if ruleSet != "2.1" {
		groups = append(groups, Group{Name: xssGroup})
	}
	return groups
}

// Exclusions are those that let the prompts for a server of a preset through
// Microsoft's default rule set of a version. A field of JSON is an argument to Azure,
// with its name at the top of the body first and those within behind it
// ("variables.model"). So an argument that begins with the field's name is the field,
// or is within it. Azure advises values rather than names. It takes an argument of the
// query for the same: [OddQuery] is against that.
//
// Azure counts exclusions for a gateway, over all of its policies: 200 at most.
//
// Sources: learn.microsoft.com/azure/web-application-firewall/ag/application-gateway-waf-configuration
// (a field at the top has its own name, without a prefix; JSON's names are case
// sensitive); MicrosoftDocs/azure-docs issue 75503 (names within others are
// flattened); Microsoft's Application Gateway limits.
func Exclusions(ruleSet, preset string) []Exclusion {
	fields := PromptFields(preset)
	exclusions := make([]Exclusion, len(fields))
	for i, field := range fields {
		exclusions[i] = Exclusion{"RequestArgValues", "StartsWith", field, promptGroups(ruleSet)}
	}
	return exclusions
}
