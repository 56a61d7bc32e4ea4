package engine

import (
	"encoding/json"
	"regexp"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/format"
)

// sourceText is a value as CUE writes it, on one line.
func sourceText(v cue.Value) string {
	text, err := format.Node(v.Syntax(cue.Raw()), format.Simplify())
	if err != nil {
		return ""
	}
	return oneLine(string(text))
}

func oneLine(text string) string {
	var line strings.Builder
	for _, part := range strings.Split(text, "\n") {
		part = strings.Join(strings.Fields(part), " ")
		before := line.String()
		switch {
		case part == "" || before == "":
		case strings.ContainsAny(before[len(before)-1:], "([{") || strings.ContainsAny(part[:1], ")]}"):
		case strings.HasPrefix(before, "import ") && !strings.Contains(before, ", "):
			line.WriteString(" ")
		default:
			line.WriteString(", ")
		}
		line.WriteString(part)
	}
	return line.String()
}

var imported = regexp.MustCompile(`import ("[^"]*"|\([^)]*\)) `)

// Longer than this a constraint explains nothing.
const maxConstraint = 120

// constraintText says what a value must be, in CUE's words: `"a" | "b"`, `int & >0`. "" when that would not help.
func constraintText(v cue.Value) string {
	texts := []string{}
	for _, branch := range disjuncts(v) {
		if branch.IncompleteKind() == cue.TopKind || branch.Err() != nil {
			continue
		}
		texts = append(texts, imported.ReplaceAllString(sourceText(branch), ""))
	}
	text := strings.Join(texts, " | ")
	if len(text) > maxConstraint {
		return ""
	}
	return text
}

// kindOf names what a JSON value is.
func kindOf(given any) string {
	switch value := given.(type) {
	case nil:
		return "null"
	case bool:
		return "a boolean"
	case json.Number:
		return "this number"
	case string:
		if value == "" {
			return "an empty text"
		}
		return "this text"
	case []any:
		return "this list"
	}
	return "this object"
}

// suggestValue is the allowed text most like the one given.
func suggestValue(schema cue.Value, given any) string {
	text, ok := given.(string)
	if !ok {
		return ""
	}
	allowed := []string{}
	for _, branch := range disjuncts(schema) {
		if value, err := branch.String(); err == nil {
			allowed = append(allowed, value)
		}
	}
	return suggest(text, allowed)
}
