package azure

// The rules of the type definitions. The provider checks the inputs before it
// sends them; what passes it, the resource's service answers with
// InvalidRequestFormat.
const (
	typedCode   = "InvalidRequestFormat"
	typedSource = "Microsoft's definition of the type at the API version of the SDK (module terraform-provider-azapi, internal/azure/generated)"
)

var (
	knownProperty = require("typed/known-property",
		"A property is one that the type has at its API version.", typedCode, typedSource)
	givenProperty = require("typed/given-property",
		"A property that Azure sets is not given.", typedCode, typedSource)
	requiredProperty = require("typed/required-property",
		"A required property is given.", typedCode, typedSource)
	propertyType = require("typed/type",
		"A value has the type of its property.", typedCode, typedSource)
	propertyEnum = require("typed/enumeration",
		"A value is one of its property's list, in any case.", typedCode, typedSource)
	propertyLength = require("typed/length",
		"A string or list is as long as its property allows.", typedCode, typedSource)
	propertyPattern = require("typed/pattern",
		"A string matches the pattern of its property.", typedCode, typedSource)
	propertyRange = require("typed/range",
		"A number is within the range of its property.", typedCode, typedSource)
	wholeNumber = require("typed/whole-number",
		"A number is whole, unless it is a container's share of CPU or memory.", typedCode, typedSource)
	knownVariant = require("typed/variant",
		"The discriminator of a union selects one of its variants.", typedCode, typedSource)
	pathSegment = require("typed/path-segment",
		"A name in a resource's id is not empty and has no slash.", "InvalidResourceName",
		"the form of resource ids: learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules")
	sameName = require("typed/same-name",
		"A name in the body is the one in the id.", "InvalidRequestContent",
		"learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors; the code is inferred")
)
