package topology

// The steps between the links of the chain, in seconds.
const (
	// preStop is how long the load balancers may take to learn that a pod is
	// leaving; until then it has to go on serving.
	preStop = 20
	// margin covers what is left to do after the last byte of a response.
	margin = 15
	// maxDrain is the longest that Application Gateway and Google's backend
	// services drain.
	maxDrain = 3600
)

// timeoutsOf is the chain for a model whose longest response takes stream
// seconds.
func timeoutsOf(stream int) Timeouts {
	return Timeouts{
		Stream:  stream,
		Backend: stream + margin,
		Drain:   min(stream+margin, maxDrain),
		PreStop: preStop,
		Grace:   preStop + stream + margin,
	}
}
