package engine

import (
	"bytes"
	"encoding/json"
	"slices"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/cue/token"
)

/*
A void result says nothing: that of a log, a message, a wait or a suspension is `{}`. Where it cannot change what a
template comes to, the template is not evaluated once more for it.
V1 Beside its request (`inline`), `{}` adds nothing to an op that is there.
V2 Under `$returns` it adds one field. That is void where nobody reads it: the text names neither the op nor what it stands
   in, and the op declares no such field, which it could read or contradict.
V3 That the op is there is seen in the value itself, before it is used.
*/

var emptyResult = json.RawMessage("{}")

// names are what a text refers to; nil when an alias may stand for anything in it.
type names map[string]bool

func namesRead(node ast.Node) names {
	if hasAlias(node) {
		return nil
	}
	read, labels := names{}, map[ast.Node]bool{}
	ast.Walk(node, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Field:
			labels[n.Label] = true
		case *ast.SelectorExpr:
			labels[n.Sel] = true
		case *ast.Ident:
			if !labels[n] {
				read[n.Name] = true
			}
		}
		return true
	}, nil)
	return read
}

// namesReadBy are those of an expression; nil for a script, which is read too rarely to be worth it.
func namesReadBy(expr string) names {
	node, err := parser.ParseExpr(exprSource, expr)
	if err != nil {
		return nil
	}
	return namesRead(node)
}

// mayBeVoid tells from the texts alone; `read` is what somebody names beside the template itself.
func (e *engine) mayBeVoid(t *template, r Recorded, read names) bool {
	if !bytes.Equal(r.Result, emptyResult) {
		return false
	}
	if r.Style != "returns" {
		return true // V1
	}
	if t.reads == nil || read == nil || e.packagesAlias() {
		return false
	}
	for _, name := range append(labelTexts(opPath(r.Path)), "$returns", "self") {
		if t.reads[name] || read[name] { // V2
			return false
		}
	}
	return true
}

func labelTexts(path cue.Path) []string {
	texts := []string{}
	for _, s := range path.Selectors() {
		if text := labelText(s); text != "" {
			texts = append(texts, text)
		}
	}
	return texts
}

// packagesAlias: by an alias a package could read of its own op what the op does not declare.
func (e *engine) packagesAlias() bool {
	if e.hasAliases == nil {
		found := slices.ContainsFunc(e.packageNames(), func(importPath string) bool {
			return slices.ContainsFunc(e.importPackage(token.NoPos, importPath).Files, func(file *ast.File) bool { return hasAlias(file) })
		})
		e.hasAliases = &found
	}
	return *e.hasAliases
}

// isVoidIn says the same of a value that was made without the result.
func (e *engine) isVoidIn(v cue.Value, r Recorded) bool {
	op := v.LookupPath(opPath(r.Path))
	return e.isOp(op) && (r.Style != "returns" || declaresNoReturns(op)) // V3
}

func declaresNoReturns(op cue.Value) bool {
	anyField := op.LookupPath(cue.MakePath(cue.AnyString)) // `...` or a pattern
	return !fieldNames(op)["$returns"] && op.Allows(returnsPath.Selectors()[0]) &&
		(!anyField.Exists() || anyField.IncompleteKind() == cue.TopKind)
}
