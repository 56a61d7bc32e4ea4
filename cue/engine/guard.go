package engine

import (
	"fmt"
	"strings"
)

const (
	maxTextBytes = 256 * 1024
	maxNesting   = 200
)

// refuseHuge keeps texts from the parser that would exhaust its stack: the parser and the evaluator recurse once a
// bracket, and a WebAssembly stack that overflows takes the whole instance with it.
func refuseHuge(text string) []Problem {
	if len(text) > maxTextBytes {
		return []Problem{{Kind: "runaway", Message: fmt.Sprintf("the CUE text has %d bytes; at most %d are accepted", len(text), maxTextBytes)}}
	}
	if depth := nesting(text); depth > maxNesting {
		return []Problem{{Kind: "runaway", Message: fmt.Sprintf("the CUE text nests brackets %d deep; at most %d levels are accepted", depth, maxNesting)}}
	}
	return nil
}

// nesting is the depth of brackets in the code of a CUE text: those of interpolations count, those of plain string
// text and comments do not.
func nesting(text string) int {
	// One entry an open bracket: the delimiter of the string to return to when it is an interpolation's, else "".
	var open []quote
	var inside *quote
	deepest := 0
	for i := 0; i < len(text); {
		rest := text[i:]
		if inside != nil {
			switch n := inside.step(rest); {
			case n == interpolation:
				open = append(open, *inside)
				i += len(inside.escape) + 1
				inside = nil
				deepest = max(deepest, len(open))
			case n == closing:
				i += len(inside.end)
				inside = nil
			default:
				i += n
			}
			continue
		}
		if q, length := openQuote(rest); length > 0 {
			inside = &q
			i += length
			continue
		}
		switch {
		case strings.HasPrefix(rest, "//"):
			end := strings.IndexByte(rest, '\n')
			if end < 0 {
				return deepest
			}
			i += end
		case strings.IndexByte("([{", text[i]) >= 0:
			open = append(open, quote{})
			deepest = max(deepest, len(open))
		case strings.IndexByte(")]}", text[i]) >= 0 && len(open) > 0:
			if back := open[len(open)-1]; back.end != "" {
				inside = &back
			}
			open = open[:len(open)-1]
		}
		i++
	}
	return deepest
}

const (
	interpolation = -1
	closing       = -2
)

// quote is a kind of string literal: how it ends and how it escapes.
type quote struct {
	end, escape string
	multiline   bool
}

// openQuote recognises the start of a string literal, `#"` and `"""` forms included.
func openQuote(text string) (quote, int) {
	hashes := 0
	for hashes < len(text) && text[hashes] == '#' {
		hashes++
	}
	tail := text[hashes:]
	for _, mark := range []string{`"""`, "'''", `"`, "'"} {
		if strings.HasPrefix(tail, mark) {
			pounds := strings.Repeat("#", hashes)
			return quote{end: mark + pounds, escape: `\` + pounds, multiline: len(mark) == 3}, hashes + len(mark)
		}
	}
	return quote{}, 0
}

// step says what the text inside the string comes to: bytes to skip, an interpolation, or the end.
func (q quote) step(text string) int {
	switch {
	case strings.HasPrefix(text, q.end), text[0] == '\n' && !q.multiline:
		return closing
	case strings.HasPrefix(text, q.escape+"("):
		return interpolation
	case strings.HasPrefix(text, q.escape) && len(text) > len(q.escape):
		return len(q.escape) + 1
	}
	return 1
}
