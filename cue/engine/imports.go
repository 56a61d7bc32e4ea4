package engine

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/internal/core/runtime"
)

// checkImports refuses packages that nobody knows: neither the host, nor the user, nor the standard library.
// `others` are further paths that could have been meant.
func (e *engine) checkImports(file *ast.File, others []string) []Problem {
	found := []Problem{}
	for _, spec := range file.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		if err != nil || isStandard(name) {
			continue
		}
		if e.sources[name] != nil {
			for _, fault := range e.userPackageFaults(name) {
				message := fmt.Sprintf("package %q cannot be used: %s%s", name, fault.Message, fault.where())
				found = append(found, problemAt("import", spec, message, fault.Hint))
			}
			continue
		}
		names := append(e.packageNames(), others...)
		hint := "known packages: " + strings.Join(names, ", ")
		if near := suggest(name, names); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		found = append(found, problemAt("import", spec, fmt.Sprintf("package %q not found", name), hint))
	}
	return found
}

func isStandard(importPath string) bool {
	return runtime.SharedRuntime().BuiltinPackagePath(path.Base(importPath)) == importPath
}

// checkSelectors refuses names that a host package does not have. CUE itself takes `op.#Typo & {…}` for a value that is
// not known yet, so that a misspelt gate would never run and the step would succeed. For the same reason a package may
// not be handed on under another name (`let o = op`).
func (e *engine) checkSelectors(file *ast.File) ([]OpUse, []Problem) {
	uses, found := []OpUse{}, []Problem{}
	selected := map[*ast.Ident]bool{}
	ast.Walk(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			ident, ok := n.X.(*ast.Ident)
			if !ok || !e.isHost(ident) {
				return true
			}
			selected[ident] = true
			use, problem := e.checkSelector(importedPath(ident), n)
			if problem != nil {
				found = append(found, *problem)
			} else if use != nil {
				uses = append(uses, *use)
			}
		case *ast.Ident:
			if e.isHost(n) && !selected[n] {
				found = append(found, problemAt("evaluation", n, "the package "+n.Name+" is no value", "write "+n.Name+".#Name"))
			}
		}
		return true
	}, nil)
	return uses, found
}

func (e *engine) isHost(ident *ast.Ident) bool {
	_, isHost := e.sources[importedPath(ident)]
	return isHost
}

func (e *engine) checkSelector(importPath string, selector *ast.SelectorExpr) (*OpUse, *Problem) {
	name, _, err := ast.LabelName(selector.Sel)
	if err != nil {
		return nil, nil
	}
	members, err := e.packageMembers(importPath)
	if err != nil {
		p := problemAt("bug", selector, fmt.Sprintf("package %q of Sluice is broken: %v", importPath, err), "")
		return nil, &p
	}
	member, ok := members[name]
	if !ok {
		p := problemAt("evaluation", selector.Sel, fmt.Sprintf("package %q has no %s", importPath, name), "")
		if near := suggest(name, labelNames(members)); near != "" {
			p.Hint = fmt.Sprintf("did you mean %s.%s?", path.Base(importPath), near)
		}
		return nil, &p
	}
	do, err := member.LookupPath(doPath).String()
	if err != nil {
		return nil, nil
	}
	provider, _ := member.LookupPath(providerPath).String()
	return &OpUse{Package: importPath, Name: name, Provider: provider, Do: do, At: place(selector.Pos())}, nil
}

func labelNames(members map[string]cue.Value) []string {
	names := make([]string, 0, len(members))
	for name := range members {
		names = append(names, name)
	}
	return names
}
