package engine

import (
	"strings"
	"testing"
)

func TestListArithmetic(t *testing.T) {
	server := newTestServer(t)
	for _, c := range []struct {
		expr, want string
		warnings   int
	}{
		{`[1] + [2]`, `[1,2]`, 1},
		{`[1] + l + [2] + l`, `[1,8,9,2,8,9]`, 1},
		{`l + [1]`, `[8,9,1]`, 1},
		{`l + ([1] + l)`, `[8,9,1,8,9]`, 2},
		{`[0] * 3`, `[0,0,0]`, 1},
		{`2 * [0]`, `[0,0]`, 1},
		{`[for x in l {x + 1}] + l`, `[9,10,8,9]`, 1},
		{`{a: [1] + l, b: a}.b`, `[1,8,9]`, 1},
		{`1 + 2 * 3`, `7`, 0},
		{`"a" + "b"`, `"ab"`, 0},
	} {
		template := "l: [8, 9]\nx: " + c.expr + "\n"
		compiled := ask(t, server, Request{Fn: "compile", Template: template})
		if len(compiled.Problems) > 0 || len(compiled.Warnings) != c.warnings {
			t.Errorf("%s: %+v", c.expr, compiled)
			continue
		}
		if got := ask(t, server, Request{Fn: "value", Template: template, Expr: "x"}); string(got.Value) != c.want {
			t.Errorf("%s: %s %+v", c.expr, got.Value, got.Problems)
		}
	}
}

func TestUnusedImports(t *testing.T) {
	server := newTestServer(t)
	for _, c := range []struct {
		template string
		unused   []string
	}{
		{"import \"strings\"\nx: 1", []string{`"strings"`}},
		{"import (\n\t\"strings\"\n\t\"list\"\n\ty \"encoding/yaml\"\n)\nx: list.Sum([1])", []string{`"strings"`, `"encoding/yaml"`}},
		{"import s \"strings\"\nx: s.ToUpper(\"a\")", nil},
		{"import \"strings\"\nx: {strings: 1, y: strings}", []string{`"strings"`}},
	} {
		compiled := ask(t, server, Request{Fn: "compile", Template: c.template})
		if len(compiled.Problems) > 0 && c.unused != nil {
			t.Errorf("%q: %+v", c.template, compiled.Problems)
		}
		got := []string{}
		for _, warning := range compiled.Warnings {
			got = append(got, strings.TrimSuffix(strings.TrimPrefix(warning.Message, "the import "), " is not used"))
		}
		if strings.Join(got, " ") != strings.Join(c.unused, " ") {
			t.Errorf("%q: %v", c.template, got)
		}
	}
}
