import { readdirSync, readFileSync } from 'node:fs';
import { ops } from '../../src/ops/registry.ts';
import { code, page, table } from './markdown.js';
import { parameterTable, resultTable } from './schema-table.js';

/** docs/reference/ops.md: what a step type can do. */
export function opsPage() {
  const all = [...ops.values()];
  const names = cueNames();
  return page(
    '# Ops',
    intro,
    overview(all),
    ...all.map((op) => section(op, names)),
    foreignSection(all, names),
  );
}

const intro = `An op is one thing that a step type can do. A YAML step type names it under \`op:\`, with its parameters under \`with:\`;
a CUE step type uses it through the packages \`vela/op\` (parameters in the op itself) or \`vela/http\`, \`vela/kube\`,
\`vela/builtin\` and \`vela/util\` (\`$params\` and \`$returns\`).

A result is recorded when it arrives, and a recorded op is never done again. *After a crash* says what becomes of an op that
was under way when the process ended: it is sent again under the same \`Idempotency-Key\`, or its step fails with the reason
\`Unknown\`, since it may have happened.`;

function overview(all) {
  const rows = all.map((op) => [
    `[${code(op.name)}](#${op.name})`,
    needs[op.needs],
    afterCrash(op),
    op.description,
  ]);
  return table(['Op', 'Needs', 'After a crash', 'What it does'], rows);
}

const needs = {
  control: 'nothing: the engine decides it',
  nothing: 'nothing',
  cluster: 'a cluster',
  network: 'the network',
};

function afterCrash(op) {
  if (op.needs === 'control') return 'nothing to repeat';
  if (op.pure) return 'repeated; it only reads';
  const methods = op.params.properties?.method?.enum;
  if (methods === undefined) return op.onUnknown({}) === 'retry' ? 'repeated' : 'fails with `Unknown`';
  const failing = methods.filter((method) => op.onUnknown({ method }) === 'fail');
  const model =
    op.onUnknown({ method: failing[0], model: true }) === 'retry'
      ? ', unless it is a model that they go to'
      : '';
  return `repeated; ${failing.join(' and ')} fail with \`Unknown\`${model}`;
}

function section(op, names) {
  const inCue = op.cue.flatMap(({ provider, do: action }) => names.get(`${provider}/${action}`) ?? []);
  return [
    `## ${op.name}`,
    op.description,
    inCue.length === 0 ? '' : `In CUE: ${[...new Set(inCue)].map(code).join(', ')}.`,
    '**Parameters**',
    parameterTable(op.params),
    '**Result**',
    resultTable(op.result),
  ];
}

/** What the packages declare, so that definitions that name it can be read, and no op does. */
function foreignSection(all, names) {
  const known = new Set(
    all.flatMap(({ cue }) => cue.map(({ provider, do: action }) => `${provider}/${action}`)),
  );
  const foreign = [...names].filter(([key]) => !known.has(key)).flatMap(([, labels]) => labels);
  if (foreign.length === 0) return '';
  return [
    '## In the CUE packages, and not performed',
    `A step type that names one of these is installed with a warning, and a step that comes to it fails:
${foreign
  .toSorted((a, b) => (a < b ? -1 : 1))
  .map(code)
  .join(', ')}.`,
  ];
}

/** How the packages call an op: `http/do` is `op.#HTTPDo` and `http.#HTTPDo`. */
function cueNames() {
  const folder = new URL('../../cue/packages/', import.meta.url);
  const names = new Map();
  const add = (key, name) => names.set(key, [...(names.get(key) ?? []), name]);
  for (const file of readdirSync(folder).toSorted()) {
    const text = readFileSync(new URL(file, folder), 'utf8');
    const name = /^package (\w+)/m.exec(text)?.[1];
    const keys = new Map();
    for (const [, label, body] of text.matchAll(/^(#\w+): \{\n([\s\S]*?)^\}/gm)) {
      const action = /#do:\s+"([^"]+)"/.exec(body)?.[1];
      const provider = /#provider:\s+"([^"]+)"/.exec(body)?.[1];
      if (action === undefined || provider === undefined) continue;
      keys.set(label, `${provider}/${action}`);
      add(`${provider}/${action}`, `${name}.${label}`);
    }
    // Short forms, such as `#HTTPGet: #HTTPDo & {…}`.
    for (const [, label, base] of text.matchAll(/^(#\w+): (#\w+) &/gm)) {
      if (keys.has(base)) add(keys.get(base), `${name}.${label}`);
    }
  }
  return names;
}
