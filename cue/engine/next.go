package engine

import (
	"encoding/json"
	"strings"

	"cuelang.org/go/cue"
)

var continuePath = cue.ParsePath("continue")

// next finds the op to perform now. Rules: the first op not recorded, in order; one that cannot run yet gives way to the
// first later op that it depends on and that can, never to an unrelated one (what follows an op that has not run may
// vanish once it has). With real errors in the value only a `fail` may still run: it says what went wrong better.
func (e *engine) next(t *template, request *Request) Response {
	v, err := e.fill(t, request, names{})
	if err != nil {
		return unusable(err)
	}
	faults := problems("evaluation", v.Validate())
	found := e.search(v, t.order)
	if len(found.lost) > 0 {
		return Response{Problems: found.lost}
	}
	filled := &outlook{template: t, faults: faults, ops: found.ops, conditional: found.conditional}
	response, chosen := filled.turn(request.Results)
	response.After = e.foretell(filled, request.Results, chosen)
	return response
}

// outlook is what a filled template has to offer.
type outlook struct {
	template *template
	faults   []Problem
	ops      []cue.Value
	// See search.
	conditional map[string]bool
}

// turn answers with an op, which it gives too, or with the end.
func (o *outlook) turn(results []Recorded) (Response, *op) {
	open := withoutRecorded(o.ops, results)
	if len(open) == 0 {
		return Response{Done: len(o.faults) == 0, Problems: o.faults}, nil
	}
	if lasting := withoutEarly(o.faults); len(lasting) > 0 {
		if fail := firstFail(open); fail != nil {
			return Response{Action: fail.action()}, fail
		}
		return Response{Problems: lasting}, nil
	}
	chosen := newOp(open[0])
	if chosen.isBlocked() {
		if instead := unblock(o.template, open); instead != nil {
			chosen = instead
		}
	}
	if chosen.do == "suspend" || chosen.do == "wait" && !chosen.holds {
		if fail := firstFail(o.onlyConditional(open)); fail != nil {
			return Response{Action: fail.action()}, fail
		}
	}
	if chosen.do == "wait" {
		return Response{Action: chosen.waitAction(o.template, results)}, chosen
	}
	if len(chosen.missing) > 0 {
		return Response{Problems: chosen.missing}, nil
	}
	return Response{Action: chosen.action()}, chosen
}

// onlyConditional: a failure for which there is reason is not kept back by what it stands after.
func (o *outlook) onlyConditional(ops []cue.Value) []cue.Value {
	found := []cue.Value{}
	for _, op := range ops {
		if o.conditional[op.Path().String()] {
			found = append(found, op)
		}
	}
	return found
}

// op is an op found in a template and the state of its parameters.
type op struct {
	value        cue.Value
	path         cue.Path
	do, provider string
	style        string
	params       json.RawMessage
	missing      []Problem
	// Of a wait: its condition is true, not merely undecided.
	holds bool
}

func withoutRecorded(ops []cue.Value, results []Recorded) []cue.Value {
	done := map[string]bool{}
	for _, r := range results {
		done[r.Path] = true
	}
	open := []cue.Value{}
	for _, op := range ops {
		if !done[op.Path().String()] {
			open = append(open, op)
		}
	}
	return open
}

func newOp(v cue.Value) *op {
	o := &op{value: v, path: v.Path(), style: "inline"}
	o.do, _ = v.LookupPath(doPath).String()
	o.provider, _ = v.LookupPath(providerPath).String()
	if params := v.LookupPath(paramsPath); params.Exists() {
		o.style, v = "returns", params
	}
	o.params, o.missing = exportParams(v)
	if o.do == "wait" {
		o.holds, _ = v.LookupPath(continuePath).Bool()
	}
	return o
}

// isBlocked: a wait that does not hold yet may wait for an op that stands after it.
func (o *op) isBlocked() bool {
	if o.do == "wait" {
		return !o.holds
	}
	return len(o.missing) > 0
}

// unblock finds an op that the first one depends on and that can run.
func unblock(t *template, open []cue.Value) *op {
	needed := t.refs.reachOf(open[0].Path())
	for _, later := range open[1:] {
		if !touches(later.Path(), needed) {
			continue
		}
		if o := newOp(later); !o.isBlocked() {
			return o
		}
	}
	return nil
}

func firstFail(open []cue.Value) *op {
	for _, v := range open {
		if do, err := v.LookupPath(doPath).String(); err != nil || do != "fail" {
			continue
		}
		if o := newOp(v); len(o.missing) == 0 {
			return o
		}
	}
	return nil
}

func (o *op) action() *Action {
	return &Action{Path: o.path.String(), Provider: o.provider, Do: o.do, Style: o.style, Params: o.params}
}

// waitAction counts an undecided condition as false: what it looks at is not there yet.
func (o *op) waitAction(t *template, results []Recorded) *Action {
	action := o.action()
	if !o.holds {
		params := map[string]json.RawMessage{}
		_ = json.Unmarshal(o.params, &params) // of our own making
		params["continue"] = json.RawMessage("false")
		action.Params, _ = json.Marshal(params)
	}
	needed := t.refs.reachOf(o.path)
	for _, r := range results {
		if touches(opPath(r.Path), needed) {
			action.Deps = append(action.Deps, r.Path)
		}
	}
	return action
}

// withoutEarly drops the errors that a later result may still mend: data that CUE decoded (json.Unmarshal) is closed,
// so a field it does not have yet is an error for CUE though only early.
func withoutEarly(faults []Problem) []Problem {
	lasting := []Problem{}
	for _, fault := range faults {
		if !strings.Contains(fault.Message, "undefined field") {
			lasting = append(lasting, fault)
		}
	}
	return lasting
}

// opPath reads the text of an op's path back.
func opPath(text string) cue.Path { return cue.ParsePath(text) }
