package engine

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

func TestResultSchema(t *testing.T) {
	server := newTestServer(t)
	const object = `value: {apiVersion: "v1", kind: "ConfigMap", metadata: name: "x"}`
	for _, c := range []struct {
		name, text string
		// Paths that may be read, and such that never can.
		can, cannot [][]string
	}{
		{"names", "a: 1\n_h: 2\n#D: {...}", paths("a", "_h", "#D"), paths("b", "parameter")},
		{"a struct", `a: {b: {c: "x"}, d: context.name}`, paths("a.b.c", "a.d.e"), paths("a.c", "a.b.d")},
		{"declared twice", "a: b: 1\na: c: 1", paths("a.b", "a.c"), paths("a.d")},
		{"under a condition", "if parameter.x {a: b: 1}\nparameter: x: bool", paths("a.b"), paths("a.c", "b")},
		{"for each", `for k in ["x"] {"\(k)": 1}`, paths("x", "y"), nil},
		{"a computed label", `a: {(parameter.n): 1}
			parameter: n: string`, paths("a.b"), paths("b")},
		{"an open struct", `a: {b: 1, ...}`, paths("a.c"), paths("b")},
		{"computed", `a: parameter.x.y`, paths("a.b.c"), nil},
		{"an op of the old style", "import \"vela/op\"\nr: op.#Read & {" + object + "}\na: op.#Apply & {" + object + "}\nh: op.#HTTPGet & {url: \"http://a.example/\"}",
			paths("r.value.data.x", "r.err", "a.status.x", "a.spec", "h.response.body"), paths("r.vlaue", "h.respones", "h.body")},
		{"an op of the new style", "import \"vela/kube\"\nr: kube.#Read & {$params: " + object + "}\noutput: kube.#Read & {$params: " + object + "}",
			paths("r.$returns.value.x", "output.value.x", "output.$returns.err"), paths("r.value", "r.$returns.vlaue", "output.vlaue")},
		{"ops in a group", "import \"vela/op\"\ng: op.#Steps & {l: op.#Log & {data: 1}}", paths("g.l"), paths("g.m")},
		{"an own op", `o: {#do: "x", #provider: "y", url: "z"}
			o2: #O & {}
			#O: {#do: "x", #provider: "y", ...}`, paths("o.x", "o2.x"), paths("p")},
	} {
		response := ask(t, server, Request{Fn: "compile", Template: c.text})
		if len(response.Problems) > 0 {
			t.Errorf("%s: %v", c.name, response.Problems)
			continue
		}
		var schema map[string]any
		if err := json.Unmarshal(response.Result, &schema); err != nil {
			t.Fatal(err)
		}
		for _, path := range c.can {
			if !isReadable(schema, path) {
				t.Errorf("%s: %v may be read: %s", c.name, path, response.Result)
			}
		}
		for _, path := range c.cannot {
			if isReadable(schema, path) {
				t.Errorf("%s: %v can never be read: %s", c.name, path, response.Result)
			}
		}
	}
}

func TestWrittenTypes(t *testing.T) {
	server := newTestServer(t)
	response := ask(t, server, Request{Fn: "compile", Template: `
		a: "x"
		b: "\(context.name)"
		c: 3
		d: true
		e: string & !=""
		f: *1 | string
		g: parameter.n
		h: 'x'
		parameter: n: *1 | int`})
	var schema struct {
		Properties map[string]struct{ Type string }
	}
	if err := json.Unmarshal(response.Result, &schema); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for name, property := range schema.Properties {
		got[name] = property.Type
	}
	want := map[string]string{"a": "string", "b": "string", "c": "integer", "d": "boolean", "e": "string", "f": "", "g": "", "h": ""}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestOwnOpsAndPlaces(t *testing.T) {
	server := newTestServer(t)
	response := ask(t, server, Request{Fn: "compile", Template: "x: {#do: \"apply\", #provider: \"kubernetes\"}\n"})
	want := []OpUse{{Provider: "kubernetes", Do: "apply", At: &Place{"template", 1, 10}}}
	if !reflect.DeepEqual(response.Ops, want) {
		t.Errorf("got %+v", response.Ops)
	}
	response = ask(t, server, Request{Fn: "compile", Template: "\n#L: {\n\tn: #L\n}\nx: #L\n"})
	if len(response.Problems) == 0 || response.Problems[0].At == nil || response.Problems[0].At.Line != 3 {
		t.Errorf("a structural cycle has no place: %+v", response.Problems)
	}
}

func paths(texts ...string) [][]string {
	found := [][]string{}
	for _, text := range texts {
		found = append(found, strings.Split(text, "."))
	}
	return found
}

func isReadable(schema map[string]any, path []string) bool {
	if len(path) == 0 {
		return true
	}
	properties, _ := schema["properties"].(map[string]any)
	if inner, ok := properties[path[0]].(map[string]any); ok {
		return isReadable(inner, path[1:])
	}
	return schema["additionalProperties"] != false
}
