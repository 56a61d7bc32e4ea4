package engine

import (
	"slices"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/parser"
)

// template is a step type built once: its value without parameter, and what its text says about itself.
type template struct {
	text  string
	file  *ast.File
	value cue.Value
	refs  references
	reads names
	order *textOrder
	// See contextNames.
	context *[]string
	// See isParameterAlone.
	hasLoneParameter bool
	ops              []OpUse
	warnings         []Problem
	problems         []Problem
}

// Appended, so that positions in the user's text stay true; a file of its own would not share the template's scope.
const (
	contextDecl   = "\ncontext: _\n"
	parameterDecl = "parameter: _\n"
)

// `packages` are paths that the template does not import but may have meant to.
func (e *engine) template(text string, packages []string) *template {
	if known := e.templates[text]; known != nil {
		return known
	}
	t := e.buildTemplate(text, packages)
	e.templates[text] = t
	return t
}

func (e *engine) buildTemplate(text string, packages []string) *template {
	t := &template{text: text}
	if t.problems = refuseHuge(text); t.problems != nil {
		return t
	}
	plain, err := parser.ParseFile(templateSource, text)
	if err != nil {
		t.problems = problems("syntax", err)
		return t
	}
	full := text + contextDecl
	if !declares(plain, "parameter") { // a second conjunct would change how the schema of the first reads
		full += parameterDecl
	}
	file, err := parser.ParseFile(templateSource, full, parser.ParseComments)
	if err != nil {
		t.problems = problems("syntax", err)
		return t
	}
	t.file = file
	t.refs = collectReferences(file)
	t.reads = namesRead(file)
	t.order = textOrderOf(plain)
	t.context = contextNames(plain, namesRead(plain))
	t.hasLoneParameter = isParameterAlone(file, t.refs)
	t.warnings = append(dropUnusedImports(file), concatLists(file)...)
	if t.problems = e.checkImports(file, packages); len(t.problems) > 0 {
		return t
	}
	if t.ops, t.problems = e.checkSelectors(file); len(t.problems) > 0 {
		return t
	}
	t.ops = append(t.ops, ownOps(file)...)
	t.value, t.problems = e.buildFile(file)
	if len(t.problems) == 0 {
		t.problems = e.search(t.value, t.order).lost
	}
	t.problems = withPlaces(file, t.problems)
	return t
}

func (e *engine) buildFile(file *ast.File) (cue.Value, []Problem) {
	instance := e.newInstance("")
	if err := instance.AddSyntax(file); err != nil {
		return cue.Value{}, problems("syntax", err)
	}
	if err := instance.Complete(); err != nil {
		return cue.Value{}, problems("import", err)
	}
	v := e.ctx.BuildInstance(instance)
	return v, staticFaults(problems("evaluation", v.Validate()))
}

// staticFaults leaves out what the parameter that is still to come may mend: a call or an index that only the defaults
// make wrong.
func staticFaults(faults []Problem) []Problem {
	mendable := map[string]bool{}
	for _, fault := range faults {
		if strings.Contains(fault.Message, "index out of range") || strings.Contains(fault.Message, "error in call to") {
			mendable[fault.Path] = true
		}
	}
	return slices.DeleteFunc(faults, func(fault Problem) bool { return mendable[fault.Path] })
}

func declares(file *ast.File, name string) bool {
	for _, decl := range file.Decls {
		if field, ok := decl.(*ast.Field); ok {
			if label, _, err := ast.LabelName(field.Label); err == nil && label == name {
				return true
			}
		}
	}
	return false
}

// describe answers what a compiled template says about itself.
func (e *engine) describe(t *template) Response {
	return Response{
		Schema:   parameterSchema(t.value.LookupPath(parameterPath)),
		Result:   e.resultSchema(t),
		Ops:      t.ops,
		Context:  t.context,
		Warnings: t.warnings,
	}
}
