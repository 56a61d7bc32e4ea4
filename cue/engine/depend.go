package engine

import (
	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
)

// references maps every field label of a text to the names used inside fields of that label. A label is no use of its name,
// nor is a selected field: `message` of one op does not make it depend on what the `message` of another is made of.
type references map[string]map[string]bool

func collectReferences(file *ast.File) references {
	found, stack := references{}, []string{}
	names := map[ast.Node]bool{}
	ast.Walk(file, func(n ast.Node) bool {
		if name, ok := labelOf(n); ok {
			stack = append(stack, name)
		}
		switch n := n.(type) {
		case *ast.Field:
			names[n.Label] = true
		case *ast.SelectorExpr:
			names[n.Sel] = true
		}
		if ident, ok := n.(*ast.Ident); ok && !names[ident] {
			for _, name := range stack {
				if found[name] == nil {
					found[name] = map[string]bool{}
				}
				found[name][ident.Name] = true
			}
		}
		return true
	}, func(n ast.Node) {
		if _, ok := labelOf(n); ok {
			stack = stack[:len(stack)-1]
		}
	})
	return found
}

func labelOf(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.Field:
		name, _, err := ast.LabelName(n.Label)
		return name, err == nil
	case *ast.LetClause:
		return n.Ident.Name, true
	}
	return "", false
}

// reach is the set of names that the value of a field can depend on, directly or through others.
func (r references) reach(name string) map[string]bool {
	reached, todo := map[string]bool{}, []string{name}
	for len(todo) > 0 {
		next := todo[0]
		todo = todo[1:]
		for used := range r[next] {
			if !reached[used] && used != "context" && used != "parameter" {
				reached[used] = true
				todo = append(todo, used)
			}
		}
	}
	return reached
}

// reachOf is what an op can depend on; an op in a list or under a computed label is known by the label above it.
func (r references) reachOf(path cue.Path) map[string]bool {
	selectors := path.Selectors()
	for i := len(selectors) - 1; i >= 0; i-- {
		if name := labelText(selectors[i]); name != "" && r[name] != nil {
			return r.reach(name)
		}
	}
	return nil
}

// touches says whether any label of a path is among the names.
func touches(path cue.Path, names map[string]bool) bool {
	for _, s := range path.Selectors() {
		if name := labelText(s); name != "" && names[name] {
			return true
		}
	}
	return false
}

func labelText(s cue.Selector) string {
	switch s.LabelType() {
	case cue.StringLabel:
		return s.Unquoted()
	case cue.HiddenLabel:
		return s.String()
	}
	return ""
}
