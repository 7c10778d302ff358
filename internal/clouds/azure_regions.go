package clouds

// AzureRegion is what the program has to know of a region of Azure.
type AzureRegion struct {
	// Zonal regions have three availability zones.
	Zonal bool
}

// Zones are the region's availability zones; none in a region without.
func (r AzureRegion) Zones() []string {
	if !r.Zonal {
		return nil
	}
	return []string{"1", "2", "3"}
}

// AzureRegions are the regions of Azure's public cloud that take deployments of
// every customer, by name. Those that Microsoft opens on request only are left out.
// Source: learn.microsoft.com/azure/reliability/regions-list, as of 21 March 2025,
// with the regions that have opened since.
var AzureRegions = map[string]AzureRegion{
	"australiacentral":   {},
	"australiaeast":      {Zonal: true},
	"australiasoutheast": {},
	"austriaeast":        {Zonal: true},
	"belgiumcentral":     {Zonal: true},
	"brazilsouth":        {Zonal: true},
	"canadacentral":      {Zonal: true},
	"canadaeast":         {},
	"centralindia":       {Zonal: true},
	"centralus":          {Zonal: true},
	"chilecentral":       {Zonal: true},
	"denmarkeast":        {Zonal: true},
	"eastasia":           {Zonal: true},
	"eastus":             {Zonal: true},
	"eastus2":            {Zonal: true},
	"francecentral":      {Zonal: true},
	"germanywestcentral": {Zonal: true},
	"indonesiacentral":   {Zonal: true},
	"israelcentral":      {Zonal: true},
	"italynorth":         {Zonal: true},
	"japaneast":          {Zonal: true},
	"japanwest":          {Zonal: true},
	"koreacentral":       {Zonal: true},
	"koreasouth":         {},
	"malaysiawest":       {Zonal: true},
	"mexicocentral":      {Zonal: true},
	"newzealandnorth":    {Zonal: true},
	"northcentralus":     {},
	"northeurope":        {Zonal: true},
	"norwayeast":         {Zonal: true},
	"polandcentral":      {Zonal: true},
	"qatarcentral":       {Zonal: true},
	"southafricanorth":   {Zonal: true},
	"southcentralus":     {Zonal: true},
	"southeastasia":      {Zonal: true},
	"southindia":         {},
	"spaincentral":       {Zonal: true},
	"swedencentral":      {Zonal: true},
	"switzerlandnorth":   {Zonal: true},
	"uaenorth":           {Zonal: true},
	"uksouth":            {Zonal: true},
	"ukwest":             {},
	"westcentralus":      {},
	"westeurope":         {Zonal: true},
	"westindia":          {},
	"westus":             {},
	"westus2":            {Zonal: true},
	"westus3":            {Zonal: true},
}
