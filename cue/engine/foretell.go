package engine

import "slices"

// maxForetold is more than what follows one another in the catalogues.
const maxForetold = 8

// foretell says what the next questions will be answered while the ops asked for come to nothing: they need no evaluation
// of their own, and so no request. `chosen` is the op that was asked for now.
func (e *engine) foretell(o *outlook, results []Recorded, chosen *op) []Response {
	after := []Response{}
	results = slices.Clone(results)
	for chosen != nil && chosen.saysNothing() && len(after) < maxForetold {
		void := Recorded{Path: chosen.path.String(), Style: chosen.style, Result: emptyResult}
		if !e.mayBeVoid(o.template, void, names{}) {
			break
		}
		results = append(results, void)
		var response Response
		response, chosen = o.turn(results)
		after = append(after, response)
	}
	return after
}

// saysNothing: the op has no field for a result. A wait that does not hold yet will be asked for again.
func (o *op) saysNothing() bool {
	switch {
	case o.do == "fail", o.do == "wait" && !o.holds:
		return false
	case o.style == "returns":
		return declaresNoReturns(o.value)
	}
	for _, field := range fieldsOf(o.value) {
		if hasAttribute(field, "result") {
			return false
		}
	}
	return true
}
