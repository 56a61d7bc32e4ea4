package engine

import (
	"fmt"
	"regexp"
	"slices"
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
		if key := p.Path + "\x00" + p.Message; !seen[key] {
			seen[key] = true
			found = append(found, p)
		}
	}
	return withoutEchoes(found)
}

// withoutEchoes drops what only repeats another fault: its place in an interpolation, or a count of branches.
func withoutEchoes(found []Problem) []Problem {
	said := map[string]bool{}
	for _, p := range found {
		said[p.Message] = true
	}
	return slices.DeleteFunc(found, func(p Problem) bool {
		inner := strings.ReplaceAll(p.Message, "invalid interpolation: ", "")
		if inner != p.Message && said[inner] {
			return true
		}
		return len(found) > 1 && branchCount.MatchString(p.Message)
	})
}

var branchCount = regexp.MustCompile(`\d+ errors in empty disjunction$`)

var (
	noise = regexp.MustCompile(`^(cue: marshal error: |cue: cannot convert value: )+`)
	// The other faults say it themselves.
	moreErrors = regexp.MustCompile(` \(and \d+ more errors\)$`)
)

func cleanMessage(text string) string {
	text = noise.ReplaceAllString(text, "")
	text = moreErrors.ReplaceAllString(text, "")
	return strings.TrimRight(strings.TrimSpace(text), ":")
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

func authorPlaceOf(pos token.Pos) *Place {
	if !isAuthors(pos.Filename()) {
		return nil
	}
	return place(pos)
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

// where is the place as text to follow a message, "" when it is not known.
func (p Problem) where() string {
	if p.At == nil {
		return ""
	}
	return fmt.Sprintf(" (%s:%d:%d)", p.At.Source, p.At.Line, p.At.Column)
}
