package engine

import (
	"fmt"
	"strings"
	"testing"
)

const checkedTemplate = `
parameter: {
	image:    string
	replicas: *1 | int & >0 & <10
	kind:     *"diagnose" | "audit" | "gate"
	prompt: {
		lang: *"English" | string
		content: {...}
		text: string
	}
	token: close({value: string}) | close({secretRef: {name: string, key: string}})
	namespace: *context.namespace | string
	cmd?: [...string]
	env?: [...{name: string, value?: string}]
	labels?: [string]: string
	anything: {...}
	if kind == "gate" {threshold: int}
	"new-key"?: string
}
`

func TestCheckParameter(t *testing.T) {
	server := newTestServer(t)
	const base = `"image":"nginx","prompt":{"text":"x","content":{}},"token":{"value":"v"}`
	for _, c := range []struct {
		parameter string
		want      []string
	}{
		{`{` + base + `}`, nil},
		{`{}`, []string{"missing image", "missing prompt.text", "missing token"}},
		{`{` + base + `,"replicas":3,"cmd":["a"],"env":[{"name":"n"}],"labels":{"a":"b"},"anything":{"x":[1]}}`, nil},
		{`{` + base + `,"replicas":10}`, []string{"invalid replicas"}},
		{`{` + base + `,"replicas":"3"}`, []string{"invalid replicas"}},
		{`{` + base + `,"replicas":null}`, []string{"invalid replicas"}},
		{`{` + base + `,"kind":"audti"}`, []string{"invalid kind ?audit"}},
		{`{` + base + `,"replcias":3,"cmd":"a"}`, []string{"invalid cmd", "unknown replcias ?replicas"}},
		{`{` + base + `,"env":[{"name":"n"},{"nam":"n"}]}`, []string{"missing env[1].name", "unknown env[1].nam ?name"}},
		{`{` + base + `,"labels":{"a":1}}`, []string{"invalid labels.a"}},
		{`{` + base + `,"kind":"gate"}`, []string{"missing threshold"}},
		{`{` + base + `,"kind":"gate","threshold":70}`, nil},
		{`{` + base + `,"kind":"gate","threshold":"70"}`, []string{"invalid threshold"}},
		{`{` + base + `,"threshold":70}`, []string{"unknown threshold"}},
		{`{"image":"i","prompt":{"text":"x","content":{}},"token":{"secretRef":{"name":"n"}}}`, []string{"invalid token"}},
		{`{"image":"i","prompt":{"text":"x","content":{}},"token":{"value":"v","secretRef":{"name":"n","key":"k"}}}`, []string{"invalid token"}},
		{`{` + base + `,"new-key":3}`, []string{"invalid new-key"}},
		{`[]`, []string{"invalid "}},
	} {
		response := ask(t, server, Request{Fn: "check", Template: checkedTemplate, Parameter: raw(c.parameter)})
		got := []string{}
		for _, p := range response.Problems {
			got = append(got, "PROBLEM "+p.Message)
		}
		for _, fault := range response.Parameter {
			line := fault.Code + " " + pathText(fixIndexes(fault.Path))
			if fault.Suggestion != "" {
				line += " ?" + fault.Suggestion
			}
			got = append(got, line)
			t.Log(fault.Message)
		}
		if strings.Join(got, "; ") != strings.Join(c.want, "; ") {
			t.Errorf("%s\n got %q\nwant %q", c.parameter, got, c.want)
		}
	}
}

// JSON brought the list positions back as floats.
func fixIndexes(path []any) []any {
	for i, step := range path {
		if n, ok := step.(float64); ok {
			path[i] = int(n)
		}
	}
	return path
}

func TestCheckNeverRepeatsTheValue(t *testing.T) {
	server := newTestServer(t)
	for _, parameter := range []string{`{"token":"hunter2"}`, `{"token":{"value":"hunter2","x":1}}`, `{"image":{"a":"hunter2"}}`, `{"kind":"hunter2"}`} {
		response := ask(t, server, Request{Fn: "check", Template: checkedTemplate, Parameter: raw(parameter)})
		if len(response.Parameter) == 0 {
			t.Errorf("%s: no fault", parameter)
		}
		if text := fmt.Sprint(response.Parameter); strings.Contains(text, "hunter2") {
			t.Errorf("%s: %s", parameter, text)
		}
	}
}
