package engine

import (
	"encoding/json"
	"testing"
)

func TestContextNames(t *testing.T) {
	server := newTestServer(t)
	for text, want := range map[string]string{
		`x: 1`:            `[]`,
		`x: context.name`: `["name"]`,
		`x: "\(context.name)-\(context["stepName"])" // context.other`: `["name","stepName"]`,
		`x: context.a.b[0]`:                            `["a"]`,
		`x: [for k, v in context {k}]`:                 `null`,
		`x: context[parameter.n]`:                      `null`,
		`x: "\(context)"`:                              `null`,
		"let c = context\nx: c.name":                   `null`,
		`C=x: context.name`:                            `null`,
		`context: name: string`:                        `null`,
		`x: context: "label"`:                          `[]`,
		`x: {context: name: "inner", y: context.name}`: `["name"]`,
	} {
		got, _ := json.Marshal(ask(t, server, Request{Fn: "compile", Template: text}).Context)
		if string(got) != want {
			t.Errorf("%s: %s, not %s", text, got, want)
		}
	}
}
