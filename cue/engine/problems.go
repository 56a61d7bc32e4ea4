package engine

import (
	"regexp"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/token"
)

// Names of the texts that errors point into.
const (
	templateSource   = "template"
	exprSource       = "expr"
	definitionSource = "definition"
)

// problems splits a CUE error into faults, one a cause, each pointing into the author's text where that is known.
func problems(kind string, err error) []Problem {
	if err == nil {
		return nil
	}
	found := []Problem{}
	seen := map[string]bool{}
	for _, e := range errors.Errors(err) {
		p := Problem{Kind: kind, Message: cleanMessage(e.Error()), Path: strings.Join(e.Path(), "."), At: authorPlace(e)}
		if strings.HasPrefix(p.Message, "package \"") && strings.HasSuffix(p.Message, "not found") {
			p.Kind = "import"
		}
		if key := p.Path + "\x00" + p.Message; !seen[key] {
			seen[key] = true
			found = append(found, p)
		}
	}
	return found
}

var noise = regexp.MustCompile(`^(cue: marshal error: |cue: cannot convert value: )+`)

func cleanMessage(text string) string {
	text = noise.ReplaceAllString(text, "")
	// "(and 2 more errors)" is said by the other faults themselves.
	text = regexp.MustCompile(` \(and \d+ more errors\)$`).ReplaceAllString(text, "")
	return strings.TrimSpace(text)
}

// authorPlace prefers a position in the text a user wrote over one in a package or in data.
func authorPlace(e errors.Error) *Place {
	for _, pos := range errors.Positions(e) {
		if isAuthors(pos.Filename()) {
			return place(pos)
		}
	}
	return nil
}

func isAuthors(source string) bool {
	return source == templateSource || source == exprSource || source == definitionSource
}

func place(pos token.Pos) *Place {
	if !pos.IsValid() {
		return nil
	}
	return &Place{Source: pos.Filename(), Line: pos.Line(), Column: pos.Column()}
}

func problemAt(kind string, node ast.Node, message, hint string) Problem {
	return Problem{Kind: kind, Message: message, At: place(node.Pos()), Hint: hint}
}
