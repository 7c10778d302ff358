package clouds

// GoogleRegion is what the program has to know of a region of Google Cloud.
type GoogleRegion struct {
	// Zones are the letters of the zones that take general-purpose machines.
	Zones []string
	// Nearest is the region of Azure that Traffic Manager takes the region to be
	// in: performance routing knows latencies to regions of Azure only.
	Nearest string
}

var (
	abc = []string{"a", "b", "c"}
	bcd = []string{"b", "c", "d"}
)

// GoogleRegions are the regions of Google Cloud, by name.
// Source: cloud.google.com/compute/docs/regions-zones, as of August 2026; Nearest
// by geography.
var GoogleRegions = map[string]GoogleRegion{
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
	"asia-southeast3":         {abc, "southeastasia"},
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
