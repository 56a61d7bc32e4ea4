package engine

import (
	"fmt"
	"strings"

	"cuelang.org/go/cue"
)

// A path into JSON data is a slice of strings and list positions.

func cuePath(path []any) cue.Path {
	selectors := []cue.Selector{}
	for _, step := range path {
		switch step := step.(type) {
		case int:
			selectors = append(selectors, cue.Index(step))
		case string:
			selectors = append(selectors, cue.Str(step))
		}
	}
	return cue.MakePath(selectors...)
}

// pathOf reads the path of a CUE error, relative to the parameter.
func pathOf(text string) []any {
	path := []any{}
	for _, s := range cue.ParsePath(text).Selectors() {
		switch s.LabelType() {
		case cue.IndexLabel:
			path = append(path, s.Index())
		case cue.StringLabel:
			path = append(path, s.Unquoted())
		}
	}
	if len(path) > 0 && path[0] == "parameter" {
		path = path[1:]
	}
	return path
}

func pathText(path []any) string {
	var text strings.Builder
	for i, step := range path {
		switch step := step.(type) {
		case int:
			fmt.Fprintf(&text, "[%d]", step)
		case string:
			if i > 0 {
				text.WriteByte('.')
			}
			text.WriteString(step)
		}
	}
	return text.String()
}

func valueAt(value any, path []any) any {
	for _, step := range path {
		switch step := step.(type) {
		case int:
			value = value.([]any)[step]
		case string:
			value = value.(map[string]any)[step]
		}
	}
	return value
}
