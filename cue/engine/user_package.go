package engine

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/cue/token"
)

// describePackage checks a package of the user and lists its ops.
func (e *engine) describePackage(importPath string) Response {
	if isStandard(importPath) {
		return Response{Problems: []Problem{{Kind: "import", Message: fmt.Sprintf("%q is a package of CUE itself", importPath)}}}
	}
	files := e.sources[importPath]
	if len(files) > 0 && !files[0].isUsers {
		return Response{Problems: []Problem{{Kind: "import", Message: fmt.Sprintf("%q is a package of Sluice itself", importPath)}}}
	}
	if found := e.userPackageFaults(importPath); len(found) > 0 {
		return Response{Problems: found}
	}
	members, err := e.packageMembers(importPath)
	if err != nil {
		return Response{Problems: e.packageProblems(err)}
	}
	names := labelNames(members)
	slices.Sort(names)
	uses := []OpUse{}
	for _, name := range names {
		do := members[name].LookupPath(doPath)
		text, err := do.String()
		if err != nil {
			continue
		}
		provider, _ := members[name].LookupPath(providerPath).String()
		use := OpUse{Package: importPath, Name: name, Provider: provider, Do: text, At: place(do.Pos())}
		use.HasParams = members[name].LookupPath(paramsPath).Exists()
		uses = append(uses, use)
	}
	return Response{Ops: uses}
}

// userPackageFaults are the faults of a package of the user, in itself; those of the host have none.
func (e *engine) userPackageFaults(importPath string) []Problem {
	if known, ok := e.faults[importPath]; ok {
		return known
	}
	found := e.findPackageFaults(importPath, e.sources[importPath])
	e.faults[importPath] = found
	return found
}

func (e *engine) findPackageFaults(importPath string, files []sourceFile) []Problem {
	if len(files) > 0 && !files[0].isUsers {
		return nil
	}
	for _, source := range files {
		if found := e.fileFaults(importPath, source); len(found) > 0 {
			return found
		}
	}
	instance := e.importPackage(token.NoPos, importPath)
	if instance == nil {
		return []Problem{{Kind: "import", Message: "it has no file"}}
	}
	if instance.Err != nil {
		return e.packageProblems(instance.Err)
	}
	v := e.ctx.BuildInstance(instance)
	if err := v.Validate(); err != nil {
		return e.packageProblems(err)
	}
	return nil
}

// packageProblems point into the files of packages, which are nobody's concern when a template is at fault.
func (e *engine) packageProblems(err error) []Problem {
	found := []Problem{}
	for _, one := range errors.Errors(err) {
		for _, p := range problems("evaluation", one) {
			for _, pos := range errors.Positions(one) {
				if p.At == nil && e.trusted[pos.Filename()] {
					p.At = place(pos)
				}
			}
			found = append(found, p)
		}
	}
	return found
}

// fileFaults: one package knows nothing of another one of the user, so that what a template pins is all there is.
func (e *engine) fileFaults(importPath string, source sourceFile) []Problem {
	if found := refuseHuge(source.text); found != nil {
		return found
	}
	file, err := parser.ParseFile(source.name, source.text)
	if err != nil {
		return e.packageProblems(err)
	}
	if name := file.PackageName(); name != "" && name != path.Base(importPath) {
		message := fmt.Sprintf("the file belongs to package %s, and the path %q needs package %s", name, importPath, path.Base(importPath))
		return []Problem{problemAt("import", file.Decls[0], message, "")}
	}
	dropUnusedImports(file)
	for _, spec := range file.Imports {
		name := strings.Trim(spec.Path.Value, `"`)
		if used := e.sources[name]; used != nil && used[0].isUsers {
			message := "a Package may import the packages of CUE and of Sluice, and no other Package"
			return []Problem{problemAt("import", spec, message, "")}
		}
	}
	if found := e.checkImports(file, nil); len(found) > 0 {
		return found
	}
	_, found := e.checkSelectors(file)
	return found
}
