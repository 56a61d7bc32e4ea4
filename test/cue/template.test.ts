import { afterAll, describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../src/api/json.ts';
import type { Recorded } from '../../src/expr/template.ts';
import { compileText, context, drive, openTestEngine } from './drive.ts';

const engine = openTestEngine();
afterAll(() => engine.close());

async function run(text: string, parameter: JsonObject = {}, results: Record<string, Json> = {}) {
  const { template } = await compileText(engine, text);
  return (await drive(template, parameter, results)).transcript;
}

async function faultsOf(text: string) {
  const compiled = await engine.compile({ name: 't', source: text, file: 't.cue' });
  return compiled.ok ? [] : compiled.faults;
}

const read = 'value: {apiVersion: "v1", kind: "ConfigMap", metadata: name: "x"}';

describe('the next op', () => {
  const cases: readonly {
    name: string;
    text: string;
    parameter?: JsonObject;
    results?: Record<string, Json>;
    transcript: string[];
  }[] = [
    {
      name: 'one that needs the result of a later one lets it go first',
      text: `import "vela/op"
        log: op.#Log & {data: cm.value.data.a}
        cm: op.#Read & {${read}}`,
      results: { cm: { value: { data: { a: 'hi' } } } },
      transcript: ['read cm', 'log log "hi"', 'done'],
    },
    {
      name: 'an unrelated later op is never run early',
      text: `import "vela/op"
        log: op.#Log & {data: "\\(parameter.given.text)"}
        cm: op.#Read & {${read}}
        parameter: given?: {...}`,
      transcript: ['error log.data: invalid interpolation: cannot reference optional field: given'],
    },
    {
      name: 'a param that only repeats an optional parameter which was not given is left out',
      text: `import "vela/op"
        suspend: op.#Suspend & {duration: parameter.given.duration, message: parameter.message}
        parameter: {given?: {...}, message?: string}`,
      transcript: ['suspend suspend', 'done'],
    },
    {
      name: 'a param that misspells a parameter is not',
      text: `import "vela/op"
        suspend: op.#Suspend & {message: parameter.mesage}
        parameter: message?: string`,
      transcript: ['error suspend.message: undefined field: mesage'],
    },
    {
      name: 'a wait lets what it looks at go first',
      text: `import "vela/op"
        wait: op.#ConditionalWait & {
          if cm.value != _|_ {continue: cm.value.ok}
        }
        cm: op.#Read & {${read}}`,
      results: { cm: [{}, { value: { ok: false } }, { value: { ok: true } }] },
      transcript: [
        'read cm',
        'wait wait false <- cm',
        'wait wait false <- cm',
        'wait wait true <- cm',
        'done',
      ],
    },
    {
      name: 'a wait watches what its condition depends on, through other fields, and nothing else',
      text: `import "vela/op"
        other: op.#Read & {${read}}
        cm: op.#Read & {${read}}
        isDone: cm.value.ok
        wait: op.#ConditionalWait & {continue: isDone}`,
      transcript: ['read other', 'read cm', 'wait wait false <- cm'],
    },
    {
      name: 'a wait does not depend on what has a field of the same name',
      text: `import "vela/op"
        cm: op.#Read & {${read}}
        wait: op.#ConditionalWait & {message: "not yet", continue: cm.value.ok}
        ask: op.#HTTPGet & {url: "http://a.example/"}
        if ask.response.ok {fail: op.#Fail & {message: "\\(ask.response.text)"}}`,
      results: { cm: { value: { ok: false } } },
      transcript: ['read cm', 'wait wait false "not yet" <- cm'],
    },
    {
      name: 'a wait whose condition is in error fails',
      text: `import "vela/op"
        cm: op.#Read & {${read}}
        wait: op.#ConditionalWait & {continue: cm.value.n > 3}`,
      results: { cm: { value: { n: 'four' } } },
      transcript: [
        'read cm',
        'error wait.continue: invalid operands "four" and 3 to \'>\' (type string and int)',
      ],
    },
    {
      name: 'a fail beats other errors, wherever it stands',
      text: `import "vela/op"
        import "encoding/json"
        cm: op.#Read & {${read}}
        broken: json.Unmarshal(cm.value.text)
        log: op.#Log & {data: broken.x}
        fail: op.#Fail & {message: "the text is no JSON"}`,
      results: { cm: { value: { text: '<html>' } } },
      transcript: ['read cm', 'fail fail "the text is no JSON"'],
    },
    {
      name: 'a fail that does not apply leaves the error',
      text: `import "vela/op"
        import "encoding/json"
        cm: op.#Read & {${read}}
        broken: json.Unmarshal(cm.value.text)
        if cm.value.bad {fail: op.#Fail & {message: "bad"}}`,
      results: { cm: { value: { text: '{', bad: false } } },
      transcript: ['read cm', 'error broken: error in call to encoding/json.Unmarshal: json: invalid JSON'],
    },
    {
      name: 'an error that is left at the end fails the step',
      text: `import "vela/op"
        cm: op.#Read & {${read}}
        verdict: "pass" & cm.value.verdict`,
      results: { cm: { value: { verdict: 'refuse' } } },
      transcript: ['read cm', 'error verdict: conflicting values "refuse" and "pass"'],
    },
    {
      name: 'what stays undecided at the end is no error',
      text: `import "vela/op"
        cm: op.#Read & {${read}}
        if cm.value.status.failed > 2 {fail: op.#Fail & {message: "no"}}`,
      results: { cm: { value: { status: {} } } },
      transcript: ['read cm', 'done'],
    },
    {
      name: 'a field that decoded data gets only with a later result is waited for',
      text: `import "vela/op"
        import "encoding/yaml"
        app: op.#Apply & {value: yaml.Unmarshal("{apiVersion: v1, kind: A, metadata: {name: a}}")}
        wait: op.#ConditionalWait & {continue: app.value.status.ok}`,
      results: { app: { value: { status: { ok: true } } } },
      transcript: ['apply app', 'wait wait true <- app', 'done'],
    },
    {
      name: 'results in lists stand where their ops do',
      text: `import "vela/op"
        l: [for n in parameter.names {op.#Read & {value: {apiVersion: "v1", kind: "ConfigMap", metadata: name: n}}}]
        log: op.#Log & {data: l[0].value.a + l[1].value.a}
        parameter: names: [...string]`,
      parameter: { names: ['x', 'y'] },
      results: { 'l[0]': { value: { a: '1' } }, 'l[1]': { value: { a: '2' } } },
      transcript: ['read l[0]', 'read l[1]', 'log log "12"', 'done'],
    },
    {
      name: 'labels that are no identifiers',
      text: `import "vela/op"
        "a.b": "c-d": op.#Read & {${read}}
        all: {x="e f": op.#Read & {${read}}, log: op.#Log & {data: x.value.t}}`,
      results: { '"a.b"."c-d"': { value: {} }, 'all."e f"': { value: { t: 'got' } } },
      transcript: ['read "a.b"."c-d"', 'read all."e f"', 'log all.log "got"', 'done'],
    },
    {
      name: 'an op inside an op is part of it',
      text: `import "vela/op"
        a: op.#Apply & {value: {apiVersion: "v1", kind: "A", metadata: name: "b", inner: op.#Log & {data: "no"}}}`,
      transcript: ['apply a', 'done'],
    },
    {
      name: 'ops of a definition that nobody uses do not run',
      text: `import "vela/op"
        #unused: op.#Fail & {message: "no"}
        used: #x
        #x: op.#Log & {data: "yes"}`,
      transcript: ['log used "yes"', 'done'],
    },
    {
      name: 'a template may bring its own ops',
      text: `#Send: {#do: "do", #provider: "http", url: string, response?: {...}, ...}
        call: #Send & {url: "http://a.example/"}
        answer: call.response.body`,
      results: { call: { response: { body: 'x' } } },
      transcript: ['http call', 'done'],
    },
    {
      name: 'a misspelt definition in a branch that only a result opens',
      text: `import "vela/op"
        lib: {#Say: op.#Log}
        cm: op.#Read & {${read}}
        if cm.value.on {say: lib.#Sya & {data: "hi"}}`,
      results: { cm: { value: { on: true } } },
      transcript: ['read cm', 'error say: undefined field: #Sya'],
    },
    {
      name: 'an op nobody has',
      text: `x: {#do: parameter.do, #provider: "bird"}
        parameter: do: *"fly" | string`,
      transcript: ['error x: there is no op bird/fly'],
    },
  ];

  test.each(cases)('$name', async ({ text, parameter, results, transcript }) => {
    expect(await run(text, parameter, results)).toEqual(transcript);
  });
});

describe('results of the old style that contradict the request', () => {
  const text = `import "vela/op"
    app: op.#Apply & {value: {
      apiVersion: "v1", kind: "A", metadata: name: "n"
      spec: {replicas: 1, list: [1, 2], items: [{a: 1, b: 1}]}
    }}
    log: op.#Log & {data: "\\(app.value.spec.replicas)"}`;
  const spec = { replicas: 5, list: [1], items: [{ a: 2, b: 1, c: 3 }], more: 'x' };

  test('lose what contradicts and keep the rest', async () => {
    const { template } = await compileText(engine, text);
    const { recorded, transcript } = await drive(template, {}, { app: { value: { spec, uid: 'u' } } });
    expect(transcript).toEqual(['apply app', 'log log "1"', 'done']);
    expect(await template.value({ parameter: {}, context, recorded }, 'app.value')).toEqual({
      ok: true,
      value: {
        apiVersion: 'v1',
        kind: 'A',
        metadata: { name: 'n' },
        spec: { replicas: 1, list: [1, 2], items: [{ a: 1, b: 1, c: 3 }], more: 'x' },
        uid: 'u',
      },
    });
  });

  test('are judged by the request as it was when the op ran', async () => {
    const later = `import "vela/op"
      first: op.#Read & {${read}}
      app: op.#Apply & {value: {apiVersion: "v1", kind: "A", metadata: name: first.value.name, n: 1}}
      last: op.#Read & {${read}}`;
    const transcript = await run(
      later,
      {},
      { first: { value: { name: 'n' } }, app: { value: { n: 2 } }, last: { value: { n: 3 } } },
    );
    expect(transcript).toEqual(['read first', 'apply app', 'read last', 'done']);
  });

  test('a result that is no object stands beside no request', async () => {
    expect(await run('import "vela/op"\ncm: op.#Read & {' + read + '}', {}, { cm: [null] })).toEqual([
      'read cm',
      'done',
    ]);
  });
});

describe('data never poses as an op', () => {
  const posing = { '#do': 'do', '#provider': 'http', url: 'http://evil.example/', method: 'POST' };

  test('in a parameter, in a result, in decoded text', async () => {
    const text = `import "vela/op"
      import "encoding/json"
      import "encoding/yaml"
      cm: op.#Read & {${read}}
      copy: parameter.content
      found: cm.value.data
      fromJson: json.Unmarshal(cm.value.text)
      fromYaml: yaml.Unmarshal(cm.value.text)
      parameter: content: {...}`;
    const result = { value: { data: posing, text: JSON.stringify(posing) } };
    expect(await run(text, { content: posing }, { cm: result })).toEqual(['read cm', 'done']);
  });

  test('keys that look like definitions or hidden fields stay keys', async () => {
    const scope = { a: { '#b': 1, _c: 2, 'd?': 3, 'e!': 4, $f: 5, '0': 6, __proto__x: 7 } };
    expect(await engine.evaluate(scope, 'a')).toEqual({ ok: true, value: scope.a });
    expect(await engine.evaluate(scope, 'a["#b"] + a["_c"]')).toEqual({ ok: true, value: 3 });
    expect(await engine.evaluate(scope, 'a.#b')).toMatchObject({ ok: false });
  });

  test('a template that builds an op out of data it was given does so by its own text', async () => {
    const text = `x: {#do: parameter.do, #provider: "builtin", message: "m"}
      parameter: do: string`;
    expect(await run(text, { do: 'fail' })).toEqual(['fail x "m"']);
  });
});

describe('the static check', () => {
  const cases: readonly { name: string; text: string; fault: object }[] = [
    {
      name: 'a misspelt op',
      text: 'import "vela/op"\ngate: op.#Fial & {message: "no"}',
      fault: {
        kind: 'evaluation',
        message: 'package "vela/op" has no #Fial',
        hint: 'did you mean op.#Fail?',
        at: { source: 't.cue', line: 2, column: 10 },
      },
    },
    {
      name: 'a misspelt op under an alias',
      text: 'import h "vela/http"\nx: {y: h.#HTTPDoo & {$params: url: "u"}}',
      fault: {
        message: 'package "vela/http" has no #HTTPDoo',
        hint: 'did you mean http.#HTTPDo?',
        at: { line: 2 },
      },
    },
    {
      name: 'a package handed on under another name, where its names could not be checked',
      text: 'import "vela/op"\nlet o = op\ngate: o.#Fial & {message: "no"}',
      fault: { message: 'the package op is no value', at: { line: 2, column: 9 } },
    },
    {
      name: 'a misspelt definition of its own',
      text: 'ops: {#Send: {url: string}}\nx: y: ops.#Sned & {url: "u"}',
      fault: { message: 'x.y: undefined field: #Sned', at: { line: 2, column: 11 } },
    },
    {
      name: 'an unknown package of the host',
      text: 'import "vela/htpp"\nx: htpp.#A',
      fault: {
        kind: 'import',
        message: 'package "vela/htpp" not found',
        hint: 'did you mean "vela/http"?',
        at: { line: 1, column: 8 },
      },
    },
    {
      name: 'an unknown package',
      text: 'import "example.com/x"\ny: x.#A',
      fault: { kind: 'import', message: 'package "example.com/x" not found', at: { line: 1, column: 8 } },
    },
    {
      name: 'the tool packages are not there',
      text: 'import "tool/exec"\ny: exec.Run & {cmd: "ls"}',
      fault: { kind: 'import', message: 'package "tool/exec" not found' },
    },
    {
      name: 'syntax',
      text: 'a: {\n  b: 1\n',
      fault: { kind: 'syntax', message: "expected '}', found 'EOF'", at: { line: 2, column: 8 } },
    },
    {
      name: 'an unknown reference',
      text: 'a: 1\nb: aa + 1',
      fault: {
        kind: 'evaluation',
        message: 'b: reference "aa" not found',
        path: 'b',
        at: { line: 2, column: 4 },
      },
    },
    {
      name: 'a conflict',
      text: 'a: 1\na: "x"',
      fault: { kind: 'evaluation', path: 'a', at: { line: 1, column: 4 } },
    },
    {
      name: 'a structural cycle',
      text: 'a: {b: a}',
      fault: { kind: 'evaluation', message: 'a.b: structural cycle' },
    },
    {
      name: 'a field that a closed definition does not have',
      text: '#a: {x: 1}\nb: #a & {y: 2}',
      fault: { kind: 'evaluation', message: 'b.y: field not allowed', at: { line: 2, column: 10 } },
    },
  ];
  test.each(cases)('$name', async ({ text, fault }) => {
    expect(await faultsOf(text)).toMatchObject([fault]);
  });

  test('a misspelt param is handed to the op, whose schema refuses it', async () => {
    const { template } = await compileText(engine, 'import "vela/op"\nx: op.#Suspend & {duraton: "1s"}');
    const turn = await template.next({ parameter: {}, context, recorded: [] });
    expect(turn).toMatchObject({ kind: 'op', op: 'suspend', params: { duraton: '1s' } });
  });

  test('a template without parameter, and one with a parameter of its own', async () => {
    expect(await faultsOf('a: context.name\nb: parameter.x')).toEqual([]);
    expect(await faultsOf('a: parameter.x\nparameter: {x: 1} | {x: 2}')).toEqual([]);
  });

  test('what no op here performs is a warning', async () => {
    const { warnings, ops } = await compileText(
      engine,
      'import "vela/multicluster"\nx: multicluster.#ListClusters',
    );
    expect(ops).toEqual([]);
    expect(warnings).toMatchObject([
      {
        message:
          'vela/multicluster.#ListClusters cannot be performed here: there is no op multicluster/list-clusters',
        at: { line: 2, column: 4 },
      },
    ]);
  });
});

describe('a value of a template', () => {
  const text = `import "vela/http"
    req: http.#HTTPDo & {$params: url: parameter.url}
    code: req.$returns.statusCode
    _hidden: "h"
    parameter: url: string`;
  const done: readonly Recorded[] = [
    {
      path: 'req',
      op: 'http',
      style: 'returns',
      result: { response: { statusCode: 200, body: '70', header: {}, trailer: {} } },
    },
  ];
  const input = { parameter: { url: 'http://a.example/' }, context, recorded: done };

  test.each([
    ['code', 200],
    ['req', undefined],
    ['"\\(code): \\(req.$returns.body)"', '200: 70'],
    ['import "strconv"\nstrconv.Atoi(req.$returns.body) + 1', 71],
    ['import "strconv"\nimport "strings"\n\nscore: strconv.Atoi(req.$returns.body)', { score: 70 }],
    ['{a: code, b: context.name}', { a: 200, b: 'my-run' }],
    ['[for x in [1, 2] {x * code}]', [200, 400]],
    ['strings.ToUpper(parameter.url)', 'HTTP://A.EXAMPLE/'],
    ['_hidden', 'h'],
  ] as const)('%s', async (expression, value) => {
    const { template } = await compileText(engine, text);
    const evaluated = await template.value(input, expression);
    if (value === undefined) expect(evaluated).toMatchObject({ ok: true });
    else expect(evaluated).toEqual({ ok: true, value });
  });

  test('of a template in error is there where the error is not', async () => {
    const { template } = await compileText(
      engine,
      'import "encoding/json"\nbody: parameter.body\nanswer: json.Unmarshal(body)\nresult: answer.x\nparameter: body: string',
    );
    const broken = { parameter: { body: '<html>' }, context, recorded: [] };
    expect(await template.next(broken)).toMatchObject({ kind: 'error' });
    expect(await template.value(broken, 'body')).toEqual({ ok: true, value: '<html>' });
    expect(await template.value(broken, 'result')).toMatchObject({
      ok: false,
      faults: [
        {
          kind: 'evaluation',
          message: expect.stringContaining('invalid JSON'),
          at: { source: 'test.cue', line: 3 },
        },
      ],
    });
  });

  test('of an unfinished template is incomplete where a result is missing', async () => {
    const { template } = await compileText(engine, text);
    const unfinished = { ...input, recorded: [] };
    expect(await template.value(unfinished, 'parameter.url')).toEqual({
      ok: true,
      value: 'http://a.example/',
    });
    expect(await template.value(unfinished, 'code')).toMatchObject({
      ok: false,
      faults: [{ kind: 'incomplete' }],
    });
  });
});

describe('packages that need nobody to perform them', () => {
  test.each<[string, Json]>([
    [
      'time.#DateToTimestamp & {$params: date: "2026-11-21T09:30:00Z"}',
      { $returns: { timestamp: 1795253400 } },
    ],
    [
      'time.#DateToTimestamp & {$params: date: "2026-11-21T09:30:00+02:00"}',
      { $returns: { timestamp: 1795246200 } },
    ],
    [
      'time.#DateToTimestamp & {$params: {date: "29.02.2024", layout: "02.01.2006"}}',
      { $returns: { timestamp: 1709164800 } },
    ],
    ['time.#DateToTimestamp & {$params: date: "1970-01-01T00:00:00Z"}', { $returns: { timestamp: 0 } }],
    ['time.#DateToTimestamp & {$params: date: "1969-12-31T23:59:59Z"}', { $returns: { timestamp: -1 } }],
    [
      'time.#TimestampToDate & {$params: timestamp: 1795253400}',
      { $returns: { date: '2026-11-21T09:30:00Z' } },
    ],
    [
      'time.#TimestampToDate & {$params: {timestamp: 0, layout: "2006-01-02"}}',
      { $returns: { date: '1970-01-01' } },
    ],
  ])('%s', async (expression, value) => {
    const { template } = await compileText(engine, `import "vela/time"\nx: ${expression}`);
    const input = { parameter: {}, context, recorded: [] };
    expect(await template.next(input)).toEqual({ kind: 'done' });
    expect(await template.value(input, 'x')).toMatchObject({ ok: true, value });
  });

  test('bytes become text, in both styles', async () => {
    const text = `import "vela/op"
      import "vela/util"
      import "encoding/base64"
      a: (op.#ConvertString & {bt: base64.Decode(null, parameter.b)}).str
      b: (util.#ConvertString & {$params: bt: base64.Decode(null, parameter.b)}).$returns.str
      parameter: b: string`;
    const { template } = await compileText(engine, text);
    const input = { parameter: { b: 'aGk=' }, context, recorded: [] };
    expect(await template.value(input, '{x: a, y: b}')).toEqual({ ok: true, value: { x: 'hi', y: 'hi' } });
  });
});
