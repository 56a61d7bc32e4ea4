package engine

import (
	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
)

// fitResults drops from the results of old-style ops what contradicts their request: there `value` holds both, and a
// server may have changed what was asked for (replicas, a defaulted list). The request is what the op asked when it
// ran, with the results before it, so the same record always fits the same way. Says whether anything changed.
func (e *engine) fitResults(t *template, v cue.Value, known []ast.Decl, recorded []Recorded, results []ast.Expr) bool {
	changed := false
	for i, r := range recorded {
		if r.Style == "returns" || v.LookupPath(opPath(r.Path)).Validate() == nil {
			continue
		}
		request := e.unify(t, known, recorded[:i], results[:i]).LookupPath(opPath(r.Path))
		if fitted, ok := e.fit(request, results[i]); ok {
			results[i] = fitted
		} else {
			results[i] = ast.NewIdent("_")
		}
		changed = true
	}
	return changed
}

// fit keeps of a result what agrees with the request; false when nothing of it does.
func (e *engine) fit(request cue.Value, result ast.Expr) (ast.Expr, bool) {
	switch x := result.(type) {
	case *ast.StructLit:
		return e.fitStruct(request, x)
	case *ast.ListLit:
		return e.fitList(request, x)
	}
	return result, request.Unify(e.ctx.BuildExpr(result)).Validate() == nil
}

func (e *engine) fitStruct(request cue.Value, result *ast.StructLit) (ast.Expr, bool) {
	if !mayBe(request, cue.StructKind) {
		return nil, false
	}
	kept := &ast.StructLit{}
	for _, decl := range result.Elts {
		field, ok := decl.(*ast.Field)
		if !ok {
			continue
		}
		name, _, err := ast.LabelName(field.Label)
		if err != nil {
			continue
		}
		selector := cue.Str(name)
		asked := request.LookupPath(cue.MakePath(selector))
		if !asked.Exists() {
			if request.IncompleteKind() != cue.StructKind || request.Allows(selector) {
				kept.Elts = append(kept.Elts, field)
			}
			continue
		}
		if value, ok := e.fit(asked, field.Value); ok {
			kept.Elts = append(kept.Elts, &ast.Field{Label: field.Label, Value: value})
		}
	}
	return kept, true
}

// fitList drops a list of another length whole: which items correspond is not known then.
func (e *engine) fitList(request cue.Value, result *ast.ListLit) (ast.Expr, bool) {
	if !mayBe(request, cue.ListKind) {
		return nil, false
	}
	length, err := request.Len().Int64()
	if err != nil {
		return result, true
	}
	if int(length) != len(result.Elts) {
		return nil, false
	}
	kept := &ast.ListLit{}
	for i, item := range result.Elts {
		value, ok := e.fit(request.LookupPath(cue.MakePath(cue.Index(i))), item)
		if !ok {
			value = ast.NewIdent("_")
		}
		kept.Elts = append(kept.Elts, value)
	}
	return kept, true
}

func mayBe(v cue.Value, kind cue.Kind) bool {
	is := v.IncompleteKind()
	return is == cue.BottomKind || is&kind != 0
}
