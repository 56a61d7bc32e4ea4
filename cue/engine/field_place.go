package engine

import (
	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"
)

// withPlaces gives a fault that CUE reports without a position the place of the innermost field of its path that the
// text has: a structural cycle, for one, knows only its path.
func withPlaces(file *ast.File, found []Problem) []Problem {
	for i, p := range found {
		if p.At != nil || p.Path == "" {
			continue
		}
		if pos := fieldPos(file.Decls, cue.ParsePath(p.Path).Selectors()); pos.IsValid() {
			found[i].At = place(pos)
		}
	}
	return found
}

func fieldPos(decls []ast.Decl, path []cue.Selector) token.Pos {
	if len(path) == 0 {
		return token.NoPos
	}
	for _, decl := range decls {
		field, ok := decl.(*ast.Field)
		if !ok {
			continue
		}
		name, _, err := ast.LabelName(field.Label)
		if err != nil || (name != path[0].String() && name != labelText(path[0])) {
			continue
		}
		if inner, ok := field.Value.(*ast.StructLit); ok {
			if pos := fieldPos(inner.Elts, path[1:]); pos.IsValid() {
				return pos
			}
		}
		return field.Pos()
	}
	return token.NoPos
}
