package engine

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// newTestServer has the packages of the host.
func newTestServer(t *testing.T) *Server {
	t.Helper()
	files, err := filepath.Glob("../packages/*.cue")
	if err != nil || len(files) == 0 {
		t.Fatal("no packages found", err)
	}
	sources := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		sources["vela/"+strings.TrimSuffix(filepath.Base(file), ".cue")] = string(text)
	}
	server := NewServer()
	ask(t, server, Request{Fn: "packages", Packages: sources})
	return server
}

func ask(t *testing.T, server *Server, request Request) Response {
	t.Helper()
	text, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	var response Response
	if err := json.Unmarshal(server.Serve(text), &response); err != nil {
		t.Fatal(err)
	}
	return response
}

func raw(text string) json.RawMessage { return json.RawMessage(text) }

func TestEveryPackageBuilds(t *testing.T) {
	server := newTestServer(t)
	for name := range server.sources {
		base := filepath.Base(name)
		response := ask(t, server, Request{Fn: "compile", Template: `import "` + name + `"` + "\n#x: " + base + ".#Nothing\n"})
		if len(response.Problems) != 1 || !strings.Contains(response.Problems[0].Message, "has no #Nothing") {
			t.Errorf("%s: %+v", name, response.Problems)
		}
	}
}

func TestChatGPT(t *testing.T) {
	server := newTestServer(t)
	text, err := os.ReadFile("../../examples/chat-gpt.cue")
	if err != nil {
		t.Fatal(err)
	}
	def := ask(t, server, Request{Fn: "definition", Expr: string(text)})
	if def.Definition == nil {
		t.Fatal(def.Problems)
	}
	t.Log(def.Definition.Name, string(def.Definition.Header))
	tmpl := def.Definition.Template
	r := ask(t, server, Request{Fn: "compile", Template: tmpl})
	t.Logf("%+v %+v", r, string(r.Schema))
	req := Request{Fn: "next", Template: tmpl, Context: raw(`{"name":"x"}`), Parameter: raw(`{"token":{"value":"k"},"prompt":{"content":{"a":1}}}`)}
	r = ask(t, server, req)
	t.Logf("%+v %s %+v", r.Action, r.Action.Params, r.Problems)
	for _, res := range []string{
		`{"response":{"statusCode":200,"body":"{\"choices\":[{\"message\":{\"content\":\"hi\"}}]}"}}`,
		`{"response":{"statusCode":429,"body":"{\"error\":{\"message\":\"slow down\"}}"}}`,
		`{"response":{"statusCode":502,"body":"<html>"}}`,
		`{"response":{"statusCode":200,"body":"{\"choices\":[]}"}}`,
		`{"response":{"statusCode":200,"body":"{}"}}`,
	} {
		req.Results = []Recorded{{"http", "inline", raw(res)}}
		r = ask(t, server, req)
		t.Logf("%+v %+v", r.Action, r.Problems)
		if r.Action != nil && r.Action.Do == "log" {
			req.Results = append(req.Results, Recorded{"log", "inline", raw("{}")})
			r = ask(t, server, req)
			t.Logf("%+v %+v", r.Done, r.Problems)
			req.Fn, req.Expr = "value", "result"
			r = ask(t, server, req)
			t.Logf("%s %+v", r.Value, r.Problems)
			req.Fn = "next"
		}
	}
	for _, x := range []string{"status.my-step.failed", "len(strings.ToUpper(\"a\"))==1", `status["a"].failed && inputs.x > 3`, "import \"strconv\"\nstrconv.Atoi(a.b[0][c.d].e)"} {
		r = ask(t, server, Request{Fn: "parse", Expr: x})
		t.Logf("%s %+v", x, r)
		r = ask(t, server, Request{Fn: "eval", Expr: x, Scope: map[string]json.RawMessage{"status": raw(`{"a":{"failed":true}}`), "inputs": raw(`{"x":4}`)}})
		t.Logf("%s %s %+v", x, r.Value, r.Problems)
	}
}
