package clouds

import (
	"slices"
	"strings"
)

// World is Traffic Manager's code of all parts of the world.
const World = "WORLD"

// countries are the codes of countries and territories, by the group that they are
// in, and states the codes of parts of the countries that are divided further.
// Source: learn.microsoft.com/azure/traffic-manager/traffic-manager-geographic-regions,
// as of 22 March 2017, its latest change.
var (
	countries = map[string]string{
		"GEO-AF": `AO BF BI BJ BV BW CD CF CG CI CM CV DJ DZ EG ER ET GA GH GM GN GQ GW KE KM LR LS LY MA
			MG ML MR MU MW MZ NA NE NG RE RW SC SD SH SL SN SO SS ST SZ TD TF TG TN TZ UG YT ZA ZM ZW`,
		"GEO-AN": `AQ`,
		"GEO-AP": `AS AU CK FJ FM GU HM KI MH MP NC NF NR NU NZ PF PG PN PW SB TK TO TV VU WF WS`,
		"GEO-AS": `AF AM AZ BD BN BT CC CN CX GE HK ID IN IO JP KG KH KP KR KZ LA LK MM MN MO MV MY NP PH
			PK SG TH TJ TL TM TW UZ VN`,
		"GEO-EU": `AD AL AT AX BA BE BG BY CH CY CZ DE DK EE ES FI FO FR GB GG GI GR HR HU IE IM IS IT JE
			LI LT LU LV MC MD ME MK MT NL NO PL PT RO RS RU SE SI SJ SK SM UA VA XJ XK`,
		"GEO-ME": `AE BH IL IQ IR JO KW LB OM PS QA SA SY TR YE`,
		"GEO-NA": `AG AI AW BB BL BM BQ BS BZ CA CR CU CW DM DO GD GL GP GT HN HT JM KN KY LC MF MQ MS MX
			NI PA PM PR SV SX TC TT UM US VC VG VI XE XS`,
		"GEO-SA": `AR BO BR CL CO EC FK GF GS GY PE PY SR UY VE`,
	}
	states = map[string]string{
		"AU": `ACT NSW NT QLD SA TAS VIC WA`,
		"CA": `AB BC MB NB NL NS NT NU ON PE QC SK YT`,
		"GB": `ENG NIR SCT WLS`,
		"US": `AK AL AR AZ CA CO CT DC DE FL GA HI IA ID IL IN KS KY LA MA MD ME MI MN MO MS MT NC ND NE
			NH NJ NM NV NY OH OK OR PA RI SC SD TN TX UT VA VT WA WI WV WY`,
	}
)

// Geographies are the codes of the parts of the world that Traffic Manager knows,
// sorted: the world, groups of countries, countries, and states of some of them.
func Geographies() []string {
	codes := []string{World}
	for group, members := range countries {
		codes = append(codes, group)
		codes = append(codes, strings.Fields(members)...)
	}
	for country, parts := range states {
		for _, part := range strings.Fields(parts) {
			codes = append(codes, country+"-"+part)
		}
	}
	slices.Sort(codes)
	return codes
}
