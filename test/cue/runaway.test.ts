import { afterAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import { openCueEngine } from '../../src/cue/engine.ts';
import type { Template } from '../../src/expr/template.ts';
import { compileText, context } from './drive.ts';
import { ops } from '../../src/ops/registry.ts';

const engine = openCueEngine({ ops, deadlineMs: 400 });
afterAll(() => engine.close());

const stillWorks = () => engine.evaluate({ a: 1 }, 'a + 1');

describe('an expression that runs away is stopped, and the next one is answered', () => {
  test.each([
    [
      'a list of 100,000 by comprehension',
      '[for x in list.Range(0, 100000, 1) {"\\(x)": x}]',
      /longer than 400 ms/,
    ],
    [
      'three nested loops of 500',
      'len([for x in list.Range(0, 500, 1) for y in list.Range(0, 500, 1) for z in list.Range(0, 500, 1) {x+y+z}])',
      /longer than 400 ms/,
    ],
    [
      'a disjunction of 2^20',
      `{${Array.from({ length: 20 }, (_, i) => `a${i}: 1 | 2`).join(', ')}, all: ${Array.from(
        { length: 20 },
        (_, i) => `{b${i}: 1} | {b${i}: 2}`,
      )
        .join(') & (')
        .replace(/^/, '(')
        .replace(/$/, ')')}}`,
      /stopped/,
    ],
    ['a text of 3 GB', 'strings.Repeat("a", 3000000000)', /memory/],
    ['a text of 1 GB', 'strings.Repeat("a", 1073741824)', /memory/],
    ['201 brackets', `${'['.repeat(201)}${']'.repeat(201)}`, /201 deep/],
    ['brackets hidden behind texts', `${'(")"+'.repeat(201)}"x"${')'.repeat(201)}`, /201 deep/],
    ['brackets inside interpolations', `${'"\\('.repeat(201)}1${')"'.repeat(201)}`, /201 deep/],
    ['a text of more than 256 kB', `"${'x'.repeat(256 * 1024)}"`, /bytes/],
    ['20,000 minus signs', `${'-'.repeat(20_000)}1`, /stopped|nests/],
    ['100,000 additions', Array.from({ length: 100_000 }, () => '1').join('+'), /stopped|nests/],
  ])('%s', async (_name, expression, why) => {
    const evaluated = await engine.evaluate({}, expression);
    expect(evaluated).toMatchObject({ ok: false, faults: [{ kind: 'runaway' }] });
    expect(evaluated.ok ? '' : evaluated.faults[0]?.message).toMatch(why);
    expect(await stillWorks()).toEqual({ ok: true, value: 2 });
  });

  test('200 brackets are fine, and so are brackets in texts and comments', async () => {
    expect(await engine.evaluate({}, `${'['.repeat(200)}1${']'.repeat(200)}`)).toMatchObject({ ok: true });
    expect(await engine.evaluate({}, `"${'('.repeat(500)}" // ${'{'.repeat(500)}`)).toMatchObject({
      ok: true,
    });
    expect(await engine.evaluate({}, `#"${'\\('.repeat(500)}"#`)).toMatchObject({ ok: true });
  });
});

describe('what cannot end by itself', () => {
  test.each([
    ['a: {b: a}', 'structural cycle'],
    ['#L: {n: #L}\na: #L', 'structural cycle'],
    ['#C: {n: int, next: #C & {n: n + 1}}\na: #C & {n: 0}', 'cycle'],
  ])('%s', async (text, message) => {
    const compiled = await engine.compile({ name: 't', source: text, file: 't.cue' });
    expect(compiled).toMatchObject({ ok: false, faults: [{ message: expect.stringContaining(message) }] });
  });

  test('two fields of each other stay undecided, and the step ends', async () => {
    const { template } = await compileText(engine, 'x: y + 1\ny: x + 1');
    expect(await template.next({ parameter: {}, context, recorded: [] })).toEqual({ kind: 'done' });
  });
});

test('a template that runs away on its data is stopped in next and in value', async () => {
  const { template } = await compileText(
    engine,
    'parameter: n: int\nx: [for i in list.Range(0, parameter.n, 1) {"\\(i)": i}]\nimport "list"'.replace(
      /(.*)\n(.*)\n(import .*)/s,
      '$3\n$1\n$2',
    ),
  );
  const input = { parameter: { n: 100_000 }, context, recorded: [] };
  expect(await template.next(input)).toMatchObject({
    kind: 'error',
    faults: [{ kind: 'runaway', at: { source: 'test.cue', line: 1 } }],
  });
  expect(await template.value(input, 'x[1]')).toMatchObject({ ok: false, faults: [{ kind: 'runaway' }] });
  expect(await template.next({ ...input, parameter: { n: 3 } })).toEqual({ kind: 'done' });
});

test('data nested deeper than any stack is stopped', async () => {
  let deep: unknown[] = [];
  for (let i = 0; i < 5000; i++) deep = [deep];
  const evaluated = await engine.evaluate({ deep: deep as never }, 'len(deep)');
  expect(evaluated).toMatchObject({ ok: false, faults: [{ kind: 'runaway' }] });
  expect(await stillWorks()).toEqual({ ok: true, value: 2 });
});

test('calls that wait behind one that runs away are answered', async () => {
  const waiting = ['1', '2', '3'].map((text) => engine.evaluate({}, text));
  const runaway = engine.evaluate({}, 'strings.Repeat("a", 3000000000)');
  const behind = ['4', '5'].map((text) => engine.evaluate({}, text));
  expect(await Promise.all(waiting)).toEqual([1, 2, 3].map((value) => ({ ok: true, value })));
  expect(await runaway).toMatchObject({ ok: false });
  expect(await Promise.all(behind)).toEqual([4, 5].map((value) => ({ ok: true, value })));
});

describe('nobody else waits for a template that runs away', () => {
  const wild = `import "list"
import "strings"
parameter: how: string
if parameter.how == "never ends" {
	x: len([for i in list.Range(0, 3000, 1) for j in list.Range(0, 3000, 1) {i + j}])
}
if parameter.how == "eats memory" {
	x: strings.Repeat("a", 3000000000)
}
`;
  const tame = 'import "strings"\ny: strings.ToUpper(context.name)';

  test.each(['never ends', 'eats memory'])('it %s', async (how) => {
    const all = openCueEngine({ ops });
    try {
      const ended: string[] = [];
      const bad = (await compileText(all, wild)).template;
      const good = (await compileText(all, tame)).template;
      const turn = async (template: Template, name: string, parameter: JsonObject = {}) => {
        const { kind } = await template.next({ parameter, context: { ...context, name }, recorded: [] });
        ended.push(`${name} ${kind}`);
      };
      // Two rounds: in the second one both workers are there, and each could take one of these.
      for (const round of ['first', 'second']) {
        const runaways = [1, 2, 3].map((n) => turn(bad, `wild-${round}-${n}`, { how, n }));
        const others = Array.from({ length: 20 }, (_, n) => turn(good, `${round}-${n}`));
        // oxlint-disable-next-line no-await-in-loop -- one round after the other
        await Promise.all([...runaways, ...others]);
        const names = ended.splice(0);
        const isWild = (each: string) => each.startsWith('wild');
        expect(names.filter(isWild)).toEqual([1, 2, 3].map((n) => `wild-${round}-${n} error`));
        if (how === 'never ends') expect(names.findIndex(isWild)).toBe(20);
      }
    } finally {
      await all.close();
    }
  });
});
