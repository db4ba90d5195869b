package fleet.policies["region-within-jurisdiction"]

violation contains {
	"fact": "regionJurisdiction",
	"message": sprintf(
		"%s lies in %s, and its jurisdiction is to be %s. Choose a region there, or correct the region's jurisdiction.",
		[input.subject.region, input.subject.regionJurisdiction, input.subject.jurisdiction],
	),
} if {
	input.subject.jurisdiction != ""
	input.subject.regionJurisdiction != input.subject.jurisdiction
}

violation contains {
	"fact": "regionJurisdiction",
	"message": sprintf(
		"it lies in %s (%s), a region that fleet.yaml does not declare. Choose one that it does, or declare it with its jurisdiction.",
		[input.subject.region, input.subject.regionJurisdiction],
	),
} if {
	input.subject.jurisdiction == ""
}

violation contains {
	"fact": "region",
	"message": sprintf(
		"%s lies in %s, and only %s is allowed. Choose a region there.",
		[input.subject.region, input.subject.regionJurisdiction, concat(", ", input.parameters.allowed)],
	),
} if {
	count(input.parameters.allowed) > 0
	not input.subject.regionJurisdiction in input.parameters.allowed
}
