// Package engine evaluates CUE step types and expressions. Every request is answered from its own content: what the
// server keeps between requests is only a cache.
package engine

import "encoding/json"

// Request asks for one function; the other fields are its arguments.
type Request struct {
	Fn string `json:"fn"`
	// Packages of the host by import path (fn "packages").
	Packages map[string]string `json:"packages"`
	// Imports are the user's packages that the template may import, []UserPackage. The same text means the same packages.
	Imports json.RawMessage `json:"imports,omitempty"`
	// Known are paths of further packages of the user, which the template may have meant (fn "compile").
	Known []string `json:"known,omitempty"`
	// Template is the text of a step type, imports included.
	Template  string                     `json:"template"`
	Parameter json.RawMessage            `json:"parameter,omitempty"`
	Context   json.RawMessage            `json:"context,omitempty"`
	Results   []Recorded                 `json:"results"`
	Scope     map[string]json.RawMessage `json:"scope"`
	// Expr is an `if:`, a `valueFrom`, the text of a definition file (fn "definition"), or a path of Imports (fn "package").
	Expr string `json:"expr"`
}

// UserPackage is a package that somebody installed beside the step types.
type UserPackage struct {
	Path  string     `json:"path"`
	Files []UserFile `json:"files"`
}

type UserFile struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// Recorded is the result of an op that ran before.
type Recorded struct {
	Path   string          `json:"path"`
	Style  string          `json:"style"` // inline | returns
	Result json.RawMessage `json:"result"`
}

// Response holds what the function found; Problems means it failed.
type Response struct {
	Action     *Action         `json:"action,omitempty"`
	Done       bool            `json:"done,omitempty"`
	Value      json.RawMessage `json:"value,omitempty"`
	Schema     json.RawMessage `json:"schema,omitempty"`
	Result     json.RawMessage `json:"result,omitempty"`
	References []Reference     `json:"references,omitempty"`
	Imports    []string        `json:"imports,omitempty"`
	Ops        []OpUse         `json:"ops,omitempty"`
	// Context are the fields of the context that a template reads; without it, it may read any (fn "compile").
	Context    *[]string   `json:"context,omitempty"`
	Definition *Definition `json:"definition,omitempty"`
	Parameter  []Misfit    `json:"parameter,omitempty"`
	Warnings   []Problem   `json:"warnings,omitempty"`
	Problems   []Problem   `json:"problems,omitempty"`
	// After are the answers to the same question once the op of the answer before has come to `{}` (fn "next").
	After []Response `json:"after,omitempty"`
}

// Action is the op a template wants performed next.
type Action struct {
	Path     string          `json:"path"`
	Provider string          `json:"provider"`
	Do       string          `json:"do"`
	Style    string          `json:"style"`
	Params   json.RawMessage `json:"params"`
	// Deps are the recorded ops that the condition of a wait looks at.
	Deps []string `json:"deps,omitempty"`
}

// Place counts line and column from 1; Source is "template", "expr", a host package, or data.
type Place struct {
	Source string `json:"source"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

// Problem is one fault. Kind is one of syntax, import, evaluation, incomplete, runaway, bug.
type Problem struct {
	Kind    string `json:"kind"`
	Message string `json:"message"`
	Path    string `json:"path,omitempty"`
	At      *Place `json:"at,omitempty"`
	Hint    string `json:"hint,omitempty"`
}

// Reference is a name of the scope that an expression uses, and the fields it selects from it.
type Reference struct {
	Segments []string `json:"segments"`
	Line     int      `json:"line"`
	Column   int      `json:"column"`
}

// OpUse is an op that the text of a template names: one of a host package, or, without Package, one that it spells itself.
type OpUse struct {
	Package  string `json:"package"`
	Name     string `json:"name"`
	Provider string `json:"provider"`
	Do       string `json:"do"`
	At       *Place `json:"at,omitempty"`
	// HasParams is told of the ops of a package (fn "package"): it declares `$params`.
	HasParams bool `json:"hasParams,omitempty"`
}

// Definition is what the header of a definition file says, and its template.
type Definition struct {
	Name     string          `json:"name"`
	Header   json.RawMessage `json:"header"`
	Template string          `json:"template"`
}

// Misfit is one fault of a parameter. Code is missing, unknown or invalid; Path holds strings and list positions.
type Misfit struct {
	Path       []any  `json:"path"`
	Code       string `json:"code"`
	Message    string `json:"message"`
	Suggestion string `json:"suggestion,omitempty"`
}
