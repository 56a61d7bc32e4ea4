package engine

import (
	"path"
	"sort"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/cue/token"
)

// importPackage is a build.LoadFunc. Nil leaves the path to the runtime, which knows the standard library.
func (e *engine) importPackage(_ token.Pos, importPath string) *build.Instance {
	files, ok := e.sources[importPath]
	if !ok {
		return nil
	}
	if known := e.packages[importPath]; known != nil {
		return known
	}
	instance := e.newInstance(importPath)
	instance.ImportPath = importPath
	instance.PkgName = path.Base(importPath)
	e.packages[importPath] = instance
	if err := addFiles(instance, files); err != nil {
		instance.ReportError(errors.Promote(err, importPath))
	}
	return instance
}

func addFiles(instance *build.Instance, files []sourceFile) error {
	for _, source := range files {
		file, err := parser.ParseFile(source.name, source.text)
		if err != nil {
			return err
		}
		if source.isUsers {
			dropUnusedImports(file)
			concatLists(file)
		}
		if err := instance.AddSyntax(file); err != nil {
			return err
		}
	}
	return instance.Complete()
}

func (e *engine) newInstance(importPath string) *build.Instance {
	return build.NewContext(build.Loader(e.importPackage)).NewInstance(importPath, e.importPackage)
}

// isTrusted says whether a text may declare an op: a step type or a package of the host, never data.
func (e *engine) isTrusted(source string) bool {
	return e.trusted[source] || source == templateSource
}

// packageNames are the import paths of the host and of the user, sorted.
func (e *engine) packageNames() []string {
	names := make([]string, 0, len(e.sources))
	for name := range e.sources {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// packageMembers are the definitions and fields of a package by name.
func (e *engine) packageMembers(importPath string) (map[string]cue.Value, error) {
	if known := e.members[importPath]; known != nil {
		return known, nil
	}
	v := e.ctx.BuildInstance(e.importPackage(token.NoPos, importPath))
	fields, err := v.Fields(cue.Definitions(true), cue.Optional(true))
	if err != nil {
		return nil, err
	}
	members := map[string]cue.Value{}
	for fields.Next() {
		members[fields.Selector().String()] = fields.Value()
	}
	e.members[importPath] = members
	return members, nil
}

// conditionalNames are the fields that packages declare inside a comprehension: a value lists them only once it holds.
func (e *engine) conditionalNames() map[string]bool {
	if e.conditional != nil {
		return e.conditional
	}
	names := map[string]bool{}
	for importPath := range e.sources {
		for _, file := range e.importPackage(token.NoPos, importPath).Files {
			ast.Walk(file, func(n ast.Node) bool {
				if comprehension, ok := n.(*ast.Comprehension); ok {
					addLabels(names, comprehension.Value)
				}
				return true
			}, nil)
		}
	}
	e.conditional = names
	return names
}

func addLabels(names map[string]bool, value ast.Expr) {
	inner := &declaredNames{exprs: map[string][]ast.Expr{}}
	inner.embed(value)
	for _, name := range inner.order {
		names[name] = true
	}
}
