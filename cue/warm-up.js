// What the engine has done when a worker starts it: read the host packages, and met what most step types use, so that
// the tables and packages these need are there already.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const template = `
import (
	"encoding/base64"
	"encoding/json"
	"encoding/yaml"
	"list"
	"strconv"
	"strings"
	"vela/builtin"
	"vela/http"
	"vela/kube"
	"vela/op"
	"vela/util"
)

read: kube.#Read & {$params: value: {apiVersion: "v1", kind: "Secret", metadata: name: parameter.name}}
text: util.#ConvertString & {$params: bt: base64.Decode(null, read.$returns.value.data.key)}
call: http.#HTTPDo & {$params: {method: "POST", url: "http://localhost/", request: body: json.Marshal({a: parameter.n})}}
old: op.#HTTPGet & {url: "\\(strings.ToLower(parameter.name))"}
object: yaml.Unmarshal("{a: \\(strconv.FormatInt(parameter.n, 10))}")
all: list.Concat([[1], [2]])
if old.response.statusCode > 400 {
	fail: builtin.#Fail & {$params: message: "no"}
}
wait: builtin.#ConditionalWait & {$params: continue: call.$returns.statusCode == 200}
log: op.#Log & {data: json.Unmarshal(old.response.body).choices[0]}
parameter: {
	// +usage=a name
	name: string
	n: *1 | int & >0
	kind: *"a" | "b"
	token?: close({value: string}) | close({secretRef: {name: string}})
	items?: [...string]
}
`;

const parameter = { name: 'x' };
const results = [{ path: 'read', style: 'returns', result: { value: { data: { key: 'YQ==' } } } }];

/** The requests as JSON texts, `packages` first. */
export function warmUp() {
  const context = { name: 'run', namespace: 'default', stepName: 'step' };
  const scope = { status: { a: { failed: true, phase: 'failed' } }, inputs: {}, context, parameter: {} };
  const filled = { template, parameter, context, results };
  return [
    { fn: 'packages', packages: readPackages() },
    { fn: 'parse', expr: 'status["a"].failed && inputs.b > 3' },
    { fn: 'eval', expr: 'status.a.failed && strings.HasPrefix(status["a"].phase, "f")', scope },
    { fn: 'compile', template },
    { fn: 'check', template, parameter },
    { fn: 'next', ...filled },
    { fn: 'value', ...filled, expr: '"\\(text.str): \\(read.$returns.value.data.key)"' },
  ].map((request) => JSON.stringify(request));
}

/** `packages/http.cue` is `vela/http`; sorted, so that the build does not depend on the file system. */
function readPackages() {
  const directory = join(import.meta.dirname, 'packages');
  const names = readdirSync(directory).filter((name) => name.endsWith('.cue'));
  return Object.fromEntries(
    names
      .toSorted()
      .map((name) => [`vela/${name.slice(0, -4)}`, readFileSync(join(directory, name), 'utf8')]),
  );
}
