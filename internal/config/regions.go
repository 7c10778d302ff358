package config

// azureRegion is what the program has to know of a region of Azure.
type azureRegion struct {
	// zonal regions have three availability zones.
	zonal bool
}

// azureRegions are the regions of Azure's public cloud that take deployments.
// Source: learn.microsoft.com/azure/reliability/regions-list.
var azureRegions = map[string]azureRegion{
	"australiacentral":   {},
	"australiaeast":      {zonal: true},
	"australiasoutheast": {},
	"austriaeast":        {zonal: true},
	"belgiumcentral":     {zonal: true},
	"brazilsouth":        {zonal: true},
	"canadacentral":      {zonal: true},
	"canadaeast":         {},
	"centralindia":       {zonal: true},
	"centralus":          {zonal: true},
	"chilecentral":       {zonal: true},
	"denmarkeast":        {zonal: true},
	"eastasia":           {zonal: true},
	"eastus":             {zonal: true},
	"eastus2":            {zonal: true},
	"francecentral":      {zonal: true},
	"germanywestcentral": {zonal: true},
	"indonesiacentral":   {zonal: true},
	"israelcentral":      {zonal: true},
	"italynorth":         {zonal: true},
	"japaneast":          {zonal: true},
	"japanwest":          {zonal: true},
	"koreacentral":       {zonal: true},
	"koreasouth":         {},
	"malaysiawest":       {zonal: true},
	"mexicocentral":      {zonal: true},
	"newzealandnorth":    {zonal: true},
	"northcentralus":     {},
	"northeurope":        {zonal: true},
	"norwayeast":         {zonal: true},
	"polandcentral":      {zonal: true},
	"qatarcentral":       {zonal: true},
	"southafricanorth":   {zonal: true},
	"southcentralus":     {zonal: true},
	"southeastasia":      {zonal: true},
	"southindia":         {},
	"spaincentral":       {zonal: true},
	"swedencentral":      {zonal: true},
	"switzerlandnorth":   {zonal: true},
	"uaenorth":           {zonal: true},
	"uksouth":            {zonal: true},
	"ukwest":             {},
	"westcentralus":      {},
	"westeurope":         {zonal: true},
	"westindia":          {},
	"westus":             {},
	"westus2":            {zonal: true},
	"westus3":            {zonal: true},
}

// gcpRegion is what the program has to know of a region of Google's.
type gcpRegion struct {
	// zones are the letters of the zones that take general-purpose machines.
	zones []string
	// nearest is the region of Azure that Traffic Manager takes the region to
	// be in: performance routing knows latencies to regions of Azure only.
	nearest string
}

var (
	abc = []string{"a", "b", "c"}
	bcd = []string{"b", "c", "d"}
)

// gcpRegions are the regions of Google's cloud.
// Source: cloud.google.com/compute/docs/regions-zones; nearest by geography.
var gcpRegions = map[string]gcpRegion{
	"africa-south1":           {abc, "southafricanorth"},
	"asia-east1":              {abc, "eastasia"},
	"asia-east2":              {abc, "eastasia"},
	"asia-northeast1":         {abc, "japaneast"},
	"asia-northeast2":         {abc, "japanwest"},
	"asia-northeast3":         {abc, "koreacentral"},
	"asia-south1":             {abc, "centralindia"},
	"asia-south2":             {abc, "centralindia"},
	"asia-southeast1":         {abc, "southeastasia"},
	"asia-southeast2":         {abc, "indonesiacentral"},
	"australia-southeast1":    {abc, "australiaeast"},
	"australia-southeast2":    {abc, "australiasoutheast"},
	"europe-central2":         {abc, "polandcentral"},
	"europe-north1":           {abc, "swedencentral"},
	"europe-north2":           {abc, "swedencentral"},
	"europe-southwest1":       {abc, "spaincentral"},
	"europe-west1":            {bcd, "westeurope"},
	"europe-west2":            {abc, "uksouth"},
	"europe-west3":            {abc, "germanywestcentral"},
	"europe-west4":            {abc, "westeurope"},
	"europe-west6":            {abc, "switzerlandnorth"},
	"europe-west8":            {abc, "italynorth"},
	"europe-west9":            {abc, "francecentral"},
	"europe-west10":           {abc, "germanywestcentral"},
	"europe-west12":           {abc, "italynorth"},
	"me-central1":             {abc, "qatarcentral"},
	"me-central2":             {abc, "qatarcentral"},
	"me-west1":                {abc, "israelcentral"},
	"northamerica-northeast1": {abc, "canadaeast"},
	"northamerica-northeast2": {abc, "canadacentral"},
	"northamerica-south1":     {abc, "mexicocentral"},
	"southamerica-east1":      {abc, "brazilsouth"},
	"southamerica-west1":      {abc, "chilecentral"},
	"us-central1":             {[]string{"a", "b", "c", "f"}, "centralus"},
	"us-east1":                {bcd, "eastus"},
	"us-east4":                {abc, "eastus"},
	"us-east5":                {abc, "eastus2"},
	"us-south1":               {abc, "southcentralus"},
	"us-west1":                {abc, "westus2"},
	"us-west2":                {abc, "westus"},
	"us-west3":                {abc, "westcentralus"},
	"us-west4":                {abc, "westus"},
}

// NearestAzureRegion is the region of Azure nearest to a region of Google's.
func NearestAzureRegion(gcp string) string { return gcpRegions[gcp].nearest }

// zones are the region's availability zones.
func (r azureRegion) zones() []string {
	if !r.zonal {
		return nil
	}
	return []string{"1", "2", "3"}
}
