package engine

import "cuelang.org/go/cue/ast"

// isParameterAlone says that nothing else in a text adds to its parameter and that the parameter reads nothing a run
// brings: it can be judged without the rest of the template, which is most of what there is to evaluate. Where that is
// not plain from the text, it is not said.
func isParameterAlone(file *ast.File, refs references) bool {
	if hasAlias(file) || !leavesAlone(file.Decls, true) {
		return false
	}
	reached, todo := map[string]bool{}, []string{"parameter"}
	for len(todo) > 0 {
		next := todo[0]
		todo = todo[1:]
		for used := range refs[next] {
			if used == "parameter" || used == "context" {
				return false
			}
			if !reached[used] {
				reached[used] = true
				todo = append(todo, used)
			}
		}
	}
	return true
}

// leavesAlone: every field has a name that stands in the text, and a comprehension brings no parameter.
func leavesAlone(decls []ast.Decl, isRoot bool) bool {
	for _, decl := range decls {
		switch x := decl.(type) {
		case *ast.ImportDecl, *ast.LetClause, *ast.CommentGroup, *ast.Package, *ast.Attribute:
		case *ast.Field:
			name, _, err := ast.LabelName(x.Label)
			if err != nil || (name == "parameter" && !isRoot) {
				return false
			}
		case *ast.Comprehension:
			value, isStruct := x.Value.(*ast.StructLit)
			if !isStruct || !leavesAlone(value.Elts, false) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// hasAlias: a name given to a field or a value may stand for the parameter itself.
func hasAlias(text ast.Node) bool {
	found := false
	ast.Walk(text, func(n ast.Node) bool {
		if _, ok := n.(*ast.Alias); ok {
			found = true
		}
		return !found
	}, nil)
	return found
}
