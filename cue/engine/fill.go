package engine

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
)

var (
	parameterPath = cue.ParsePath("parameter")
	contextPath   = cue.ParsePath("context")
	returnsPath   = cue.ParsePath("$returns")
)

// filled remembers a template with its data: a step's end asks for `next` and then for each output of the same, with what
// other steps ask in between.
type filled struct {
	key   string
	value cue.Value
}

const (
	maxFilled = 16
	// Of all their keys, which hold the data.
	maxFilledBytes = 256 << 10
)

// fill gives a template with its parameter, context and results. `read` is what else is read of the value.
func (e *engine) fill(t *template, request *Request, read names) (cue.Value, error) {
	telling, void := []Recorded{}, []Recorded{}
	for _, r := range request.Results {
		if e.mayBeVoid(t, r, read) {
			void = append(void, r)
		} else {
			telling = append(telling, r)
		}
	}
	if len(void) > 0 {
		without := *request
		without.Results = telling
		v, err := e.fillAll(t, &without)
		if err != nil || !slices.ContainsFunc(void, func(r Recorded) bool { return !e.isVoidIn(v, r) }) {
			return v, err
		}
	}
	return e.fillAll(t, request)
}

// fillAll unifies a template with parameter, context and all results, all in one struct: one evaluation.
func (e *engine) fillAll(t *template, request *Request) (cue.Value, error) {
	key := fillKey(t, request)
	for _, known := range e.filled {
		if known.key == key {
			return known.value, nil
		}
	}
	known, err := dataOf(request)
	if err != nil {
		return cue.Value{}, err
	}
	results := make([]ast.Expr, len(request.Results))
	for i, r := range request.Results {
		if results[i], err = literal(r.Result); err != nil {
			return cue.Value{}, err
		}
		if _, isStruct := results[i].(*ast.StructLit); r.Style != "returns" && !isStruct {
			results[i] = ast.NewIdent("_") // nothing can stand beside the request but fields
		}
	}
	v := e.unify(t, known, request.Results, results)
	if fitted := e.fitResults(t, v, known, request.Results, results); fitted {
		v = e.unify(t, known, request.Results, results)
	}
	e.remember(filled{key: key, value: v})
	return v, nil
}

// remember keeps the latest, and of those before it what there is room for.
func (e *engine) remember(latest filled) {
	kept, size := []filled{latest}, len(latest.key)
	for _, older := range e.filled {
		if size += len(older.key); size > maxFilledBytes || len(kept) == maxFilled {
			break
		}
		kept = append(kept, older)
	}
	e.filled = kept
}

func (e *engine) unify(t *template, known []ast.Decl, recorded []Recorded, results []ast.Expr) cue.Value {
	overlay := &ast.StructLit{Elts: append([]ast.Decl{}, known...)}
	for i, r := range recorded {
		overlay.Elts = append(overlay.Elts, &ast.EmbedDecl{Expr: at(resultPath(r), results[i])})
	}
	return t.value.Unify(e.ctx.BuildExpr(overlay))
}

// resultPath is where a result belongs: beside the request, or under $returns.
func resultPath(r Recorded) cue.Path {
	selectors := opPath(r.Path).Selectors()
	if r.Style == "returns" {
		selectors = append(selectors, returnsPath.Selectors()...)
	}
	return cue.MakePath(selectors...)
}

func dataOf(request *Request) ([]ast.Decl, error) {
	decls := []ast.Decl{}
	for _, part := range []struct {
		name string
		raw  json.RawMessage
	}{{"parameter", request.Parameter}, {"context", request.Context}} {
		if len(part.raw) == 0 {
			continue
		}
		expr, err := literal(part.raw)
		if err != nil {
			return nil, err
		}
		decls = append(decls, &ast.Field{Label: ast.NewString(part.name), Value: expr})
	}
	return decls, nil
}

func fillKey(t *template, request *Request) string {
	var key strings.Builder
	fmt.Fprintf(&key, "%p\x00%s\x00%s", t, request.Parameter, request.Context)
	for _, r := range request.Results {
		fmt.Fprintf(&key, "\x00%s\x00%s\x00%s", r.Path, r.Style, r.Result)
	}
	return key.String()
}
