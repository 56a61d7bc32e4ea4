package engine

import (
	"encoding/json"
	"testing"
)

const voidImports = "import (\n\t\"vela/builtin\"\n\t\"vela/kube\"\n\t\"vela/op\"\n)\nparameter: n: *1 | int\n"

// After every void result, the answer is the one of a template that was filled with all results.
var voidTemplates = map[string]struct {
	text string
	// Answers that come with the first.
	foretold int
}{
	"old and new style": {`
log: op.#Log & {data: parameter.n}
show: builtin.#Message & {$params: message: "\(log.data)"}
more: builtin.#Message & {$params: message: "more"}
`, 3},
	"an op that only its result lets be": {`
log: builtin.#Message & {$params: message: "first"}
if log.$returns != _|_ {
	next: op.#Log & {data: "second"}
}
`, 0},
	"an op that is read whole": {`
first: op.#Log & {data: "a"}
show: builtin.#Message & {$params: message: "b"}
all: op.#Log & {data: {for k, v in show {"\(k)": "\(k)"}}}
`, 1},
	"read by an alias": {`
X=show: builtin.#Message & {$params: message: "b"}
all: op.#Log & {data: X.$returns != _|_}
`, 0},
	"in a group that is read": {`
group: {
	show: builtin.#Message & {$params: message: "b"}
}
last: op.#Log & {data: len(group.show)}
`, 0},
	"a wait that holds": {`
wait: op.#ConditionalWait & {continue: parameter.n > 0}
last: op.#Log & {data: "done"}
`, 2},
	"a wait that does not hold": {`
wait: op.#ConditionalWait & {continue: parameter.n > 1}
last: op.#Log & {data: "done"}
`, 0},
	"a result that the text declares": {`
show: builtin.#Message & {$params: message: "b", $returns: said: "x"}
`, 0},
	"a condition": {`
if parameter.n == 1 {
	log: op.#Log & {data: "one"}
}
steps: [op.#Log & {data: "two"}, op.#Log & {data: "three"}]
`, 3},
	"a fault at the end": {`
log: op.#Log & {data: "one"}
bad: parameter.n & 2
`, 0},
	"an op with a result": {`
read: kube.#Read & {$params: value: {apiVersion: "v1", kind: "ConfigMap", metadata: name: "x"}}
log: op.#Log & {data: read.$returns.value.data.x}
`, 0},
}

func TestAVoidResultChangesNoAnswer(t *testing.T) {
	for name, c := range voidTemplates {
		t.Run(name, func(t *testing.T) {
			server := newTestServer(t)
			request := Request{Fn: "next", Template: voidImports + c.text, Parameter: raw(`{"n":1}`), Context: raw("{}")}
			after := []Response{}
			for turns := range 6 {
				answer := ask(t, server, request)
				full := withAllResults(t, server, request)
				if said := textOf(t, answer); said != full {
					t.Fatalf("turn %d: %s\nwith all results: %s", turns, said, full)
				}
				if turns == 0 && len(answer.After) != c.foretold {
					t.Errorf("%d answers are foretold: %+v", len(answer.After), answer.After)
				}
				if len(after) > 0 {
					if foretold := textOf(t, after[0]); foretold != full {
						t.Fatalf("turn %d: foretold was %s, it is %s", turns, foretold, full)
					}
					after = after[1:]
				} else {
					after = answer.After
				}
				if answer.Action == nil {
					return
				}
				void := Recorded{Path: answer.Action.Path, Style: answer.Action.Style, Result: raw("{}")}
				request.Results = append(request.Results, void)
			}
		})
	}
}

func TestAnOutputSeesAVoidResult(t *testing.T) {
	server := newTestServer(t)
	void := []Recorded{{Path: "show", Style: "returns", Result: raw("{}")}}
	text := voidImports + "show: builtin.#Message & {$params: message: \"b\"}\n"
	for expr, want := range map[string]string{"show.$returns": "{}", "show.$params.message": `"b"`, "parameter.n": "1"} {
		answer := ask(t, server, Request{Fn: "value", Template: text, Expr: expr, Parameter: raw("{}"), Results: void})
		if string(answer.Value) != want {
			t.Errorf("%s: %+v", expr, answer)
		}
	}
}

// withAllResults answers `next` over a value in which every result stands.
func withAllResults(t *testing.T, server *Server, request Request) string {
	t.Helper()
	e, _ := server.engineFor("")
	compiled := e.template(request.Template, nil)
	v, err := e.fillAll(compiled, &request)
	if err != nil {
		t.Fatal(err)
	}
	filled := &outlook{template: compiled, faults: problems("evaluation", v.Validate()), ops: e.search(v, compiled.order).ops}
	response, _ := filled.turn(request.Results)
	return textOf(t, response)
}

func textOf(t *testing.T, response Response) string {
	t.Helper()
	response.After = nil
	text, err := json.Marshal(response)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
