package clouds

// RuleSets are the versions of Microsoft's default rule set that rate limits of
// Application Gateway's firewall work with.
// Source: learn.microsoft.com/azure/web-application-firewall/ag/application-gateway-crs-rulegroups-rules,
// as of November 2026.
var RuleSets = []string{"2.1", "2.2"}
