import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDefCli, type DefCli } from './def-cli.ts';

const stepType = `apiVersion: core.oam.dev/v1beta1
kind: WorkflowStepDefinition
metadata:
  name: ask
  annotations: {definition.oam.dev/description: Asks until the answer is ready.}
spec:
  schematic:
    sluice:
      parameters:
        type: object
        required: [url]
        properties:
          url: {type: string, description: Whom to ask.}
      ops:
        - id: job
          op: read
          with: {value: {apiVersion: v1, kind: ConfigMap, metadata: {name: job}}}
        - id: ready
          op: wait
          with: {continue: '\${ (job.value.data.ready ?? "no") = "yes" }', message: not ready}
        - id: ask
          op: http
          with: {url: '\${ parameter.url }', method: POST, request: {body: hi}}
        - id: refused
          op: fail
          if: \${ ask.response.statusCode >= 400 }
          with: {message: 'answered \${ $string(ask.response.statusCode) }'}
      outputs:
        body: {description: The answer., schema: {type: string}, value: '\${ ask.response.body }'}
`;
const cueType = `import "vela/op"

"ask": {type: "workflow-step", description: "Asks until the answer is ready."}
template: {
	job: op.#Read & {value: {apiVersion: "v1", kind: "ConfigMap", metadata: name: "job"}}
	ready: op.#ConditionalWait & {
		message: "not ready"
		if job.value.data.ready != _|_ {continue: job.value.data.ready == "yes"}
	}
	ask: op.#HTTPPost & {url: parameter.url, request: body: "hi"}
	if ask.response.statusCode >= 400 {
		refused: op.#Fail & {message: "answered \\(ask.response.statusCode)"}
	}
	body: ask.response.body
	parameter: {
		// +usage=Whom to ask.
		url: string
	}
}
`;

const jobResult = (ready: string): string =>
  `{path: job, result: {value: {apiVersion: v1, kind: ConfigMap, metadata: {name: job}, data: {ready: "${ready}"}}}}`;
const answer = (status: number): string =>
  `{path: ask, result: {response: {statusCode: ${status}, body: hello, header: {}, trailer: {}}}}`;
const given = `parameters: {url: http://a.example/}`;
const testFile = (file: string, tests: string): string => `stepType: ${file}\ntests:\n${tests}`;

let cli: DefCli;
beforeAll(async () => {
  cli = await openDefCli();
  await cli.write('ask.yaml', stepType);
  await cli.write('ask.cue', cueType);
});
afterAll(() => cli[Symbol.asyncDispose]());

describe.each(['ask.yaml', 'ask.cue'])('%s', (file) => {
  const run = async (tests: string) => {
    await cli.write('t.test.yaml', testFile(file, tests));
    const { code, stdout } = await cli.run(['def', 'test', 't.test.yaml', '-o', 'json']);
    const results = JSON.parse(stdout) as {
      passed: boolean;
      differences: { line: number; message: string }[];
    }[];
    return {
      code,
      found: results.flatMap(({ differences }) => differences.map((d) => `${d.line}: ${d.message}`)),
    };
  };

  test('what passes: a wait that holds after three looks, a refusal, a wait that never holds, a missing parameter', async () => {
    const tests = `
- name: asks when it is ready
  ${given}
  results: [${jobResult('no')}, ${jobResult('no')}, ${jobResult('yes')}, ${answer(200)}]
  requests:
  - {op: read, params: {value: {metadata: {name: job}}}}
  - {op: http, path: ask, params: {method: POST, request: {body: hi}}}
  outputs: {body: hello}
- name: says that it was refused
  ${given}
  results: [${jobResult('yes')}, ${answer(403)}]
  end: failed
  message: ^answered 403$
- name: waits
  ${given}
  results: [${jobResult('no')}]
  end: waiting
  message: not ready
- name: is not told whom to ask
  end: failed
  message: url
- name: cannot read
  ${given}
  results: [{fails: no rights}]
  end: failed
  message: rights
- name: results in the order of the ops
  ${given}
  results:
  - result: {value: {apiVersion: v1, kind: ConfigMap, metadata: {name: job}, data: {ready: "yes"}}}
  - result: {response: {statusCode: 200, body: hello, header: {}, trailer: {}}}
  outputs: {body: hello, 'parameter.url': http://a.example/}
`;
    expect(await run(tests)).toEqual({ code: 0, found: [] });
  });

  test.each<[name: string, test: string, difference: RegExp]>([
    [
      'another parameter of an op',
      `  results: [${jobResult('yes')}, ${answer(200)}]\n  requests: [{op: read}, {op: http, params: {url: http://b.example/}}]`,
      /^6: expected "http:\/\/b.example\/", got "http:\/\/a.example\/"$/,
    ],
    [
      'one op more',
      `  results: [${jobResult('yes')}, ${answer(200)}]\n  requests: [{op: read}]`,
      /^6: the template also asked for http at "ask"/,
    ],
    [
      'one op less',
      `  results: [${jobResult('yes')}, ${answer(200)}]\n  requests: [{op: read}, {op: http}, {op: log}]`,
      /^6: the template asked for no further op; expected log$/,
    ],
    [
      'another op',
      `  results: [${jobResult('yes')}, ${answer(200)}]\n  requests: [{op: list}, {op: http}]`,
      /^6: expected list, got read at "job"$/,
    ],
    [
      'another output',
      `  results: [${jobResult('yes')}, ${answer(200)}]\n  outputs:\n    body: bye`,
      /^7: expected "bye", got "hello"$/,
    ],
    [
      'another end',
      `  results: [${jobResult('yes')}, ${answer(500)}]\n  end: succeeded`,
      /^6: expected the step to be succeeded, it is failed: answered 500$/,
    ],
    [
      'another message',
      `  results: [${jobResult('yes')}, ${answer(500)}]\n  end: failed\n  message: "503"`,
      /^7: expected a message that matches 503, got "answered 500"$/,
    ],
    [
      'a result that is not there',
      `  results: [${jobResult('yes')}]`,
      /^5: the test has no result for the op http at "ask"/,
    ],
    [
      'a result that nobody asked for',
      `  results:\n  - ${jobResult('yes')}\n  - ${answer(200)}\n  - {path: other, result: {}}`,
      /^8: no op asked for this result$/,
    ],
    [
      'a result that the op never gives',
      `  results: [${jobResult('yes')}, {path: ask, result: {response: {statusCode: "200", body: hello, header: {}, trailer: {}}}}]`,
      /^5: http never gives such a result: .*statusCode/,
    ],
  ])('says what differs: %s', async (_name, body, difference) => {
    const { code, found } = await run(`- name: a\n  ${given}\n${body}\n`);
    expect(code).toBe(1);
    expect(found[0]).toMatch(difference);
  });
});

describe('a file that is no test', () => {
  test.each<[text: string, line: number, says: RegExp]>([
    ['stepType: ask.yaml\n', 1, /tests/],
    ['stepType: ask.yaml\ntests:\n- name: a\n  results:\n  - {path: x}\n', 5, /one of `result` and `fails`/],
    ['stepType: ask.yaml\ntests:\n- name: a\n- name: a\n', 4, /another test "a"/],
    ['stepType: ask.yaml\ntests:\n- name: a\n  message: "("\n', 4, /no regular expression/],
    ['stepType: ask.yaml\ntests:\n- name: a\n  request: []\n', 4, /request/],
    ['a: [\n', 2, /./],
  ])('%j', async (text, line, says) => {
    await cli.write('bad.test.yaml', text);
    const { code, stdout } = await cli.run(['def', 'test', 'bad.test.yaml']);
    expect(code).toBe(2);
    expect(stdout).toMatch(new RegExp(`^bad.test.yaml:${line}:`, 'm'));
    expect(stdout).toMatch(says);
  });

  test('a step type with faults of its own, and one that is not there', async () => {
    await cli.write('broken.cue', cueType.replace('#Read', '#Raed'));
    await cli.write('broken.test.yaml', testFile('broken.cue', '- name: a\n'));
    const broken = await cli.run(['def', 'test', 'broken.test.yaml']);
    expect([broken.code, broken.stdout]).toEqual([
      2,
      expect.stringMatching(/^broken.cue:5:10: error BadCue/m),
    ]);
    await cli.write('lost.test.yaml', testFile('lost.yaml', '- name: a\n'));
    const lost = await cli.run(['def', 'test', 'lost.test.yaml']);
    expect([lost.code, lost.stderr]).toEqual([2, expect.stringContaining('cannot read lost.yaml')]);
  });
});

test('a folder of tests, as text and as JUnit', async () => {
  await using own = await openDefCli();
  await own.write('ask.yaml', stepType);
  await own.write('ask.test.yaml', testFile('ask.yaml', '- name: no name\n- name: no end\n  end: failed\n'));
  const { code, stdout } = await own.run(['def', 'test', '.', '--junit', 'out.xml']);
  expect(code).toBe(1);
  expect(stdout).toMatch(
    /^✗ ask.test.yaml {2}no name\nask.test.yaml:3:3: error Difference tests\[0\].*\n[^]*✓ ask.test.yaml {2}no end\n1 of 2 tests failed\n$/,
  );
  const xml = await readFile(join(own.folder, 'out.xml'), 'utf8');
  expect(xml).toMatch(/<testsuite name="ask.test.yaml"[^>]*tests="2"[^>]*failures="1"/);
  // The tests are no step types.
  expect((await own.run(['def', 'vet', '.'])).stdout).toBe('ok: 1 step type\n');
});
