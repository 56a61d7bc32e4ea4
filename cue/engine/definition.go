package engine

import (
	"encoding/json"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/cue/token"
)

// readDefinition takes a definition file apart: imports, one header field, and `template`. The template it answers is
// the file with everything else blanked out, so that its lines and columns are the file's.
func (e *engine) readDefinition(text string) Response {
	file, err := parser.ParseFile(definitionSource, text, parser.ParseComments)
	if err != nil {
		return Response{Problems: problems("syntax", err)}
	}
	blank := newBlanker(text)
	var header, body *ast.Field
	found := []Problem{}
	for _, decl := range file.Decls {
		field, name := regularField(decl)
		switch {
		case field == nil:
			if pkg, ok := decl.(*ast.Package); ok {
				blank.erase(pkg.Pos(), pkg.End())
			}
		case name == "template" && body == nil:
			body = field
		case name != "template" && header == nil:
			header = field
		default:
			found = append(found, problemAt("syntax", field,
				"a definition file has one header and one `template`; `"+name+"` is one too many", ""))
		}
	}
	found = append(found, checkParts(file, header, body)...)
	if len(found) > 0 {
		return Response{Problems: found}
	}
	braces := body.Value.(*ast.StructLit)
	blank.erase(header.Pos(), header.End())
	blank.erase(body.Pos(), braces.Lbrace.Add(1))
	blank.erase(braces.Rbrace, braces.Rbrace.Add(1))
	return e.definition(header, blank.text())
}

func (e *engine) definition(header *ast.Field, template string) Response {
	name, _, _ := ast.LabelName(header.Label)
	v := e.ctx.BuildExpr(header.Value)
	if err := v.Validate(cue.Concrete(true)); err != nil {
		return Response{Problems: problems("evaluation", err)}
	}
	raw, err := v.MarshalJSON()
	if err != nil {
		return Response{Problems: problems("evaluation", err)}
	}
	return Response{Definition: &Definition{Name: name, Header: json.RawMessage(raw), Template: template}}
}

func checkParts(file *ast.File, header, body *ast.Field) []Problem {
	found := []Problem{}
	if header == nil {
		found = append(found, problemAt("syntax", file, "the definition file has no header",
			`begin with "my-step": {type: "workflow-step", description: "…"}`))
	}
	if body == nil {
		return append(found, problemAt("syntax", file, "the definition file has no `template`", "add template: {…} with the logic of the step"))
	}
	if _, ok := body.Value.(*ast.StructLit); !ok {
		found = append(found, problemAt("syntax", body.Value, "`template` must be a struct written out in braces", ""))
	}
	return found
}

func regularField(decl ast.Decl) (*ast.Field, string) {
	field, ok := decl.(*ast.Field)
	if !ok {
		return nil, ""
	}
	name, isIdent, err := ast.LabelName(field.Label)
	if err != nil || (isIdent && (name[0] == '#' || name[0] == '_')) {
		return nil, "" // definitions and hidden fields beside the template stay in its scope
	}
	return field, name
}

type blanker struct{ bytes []byte }

func newBlanker(text string) *blanker { return &blanker{[]byte(text)} }

func (b *blanker) erase(from, to token.Pos) {
	for i := from.Offset(); i < to.Offset() && i < len(b.bytes); i++ {
		if c := b.bytes[i]; c != '\n' && c != '\t' {
			b.bytes[i] = ' '
		}
	}
}

func (b *blanker) text() string { return string(b.bytes) }
