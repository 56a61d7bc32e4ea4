import { operators } from '../../src/step-types/expression/expr.ts';
import { functions } from '../../src/step-types/expression/functions.ts';
import { typeText } from '../../src/cli/render/parameter-rows.ts';
import { contextSchema } from '../../src/step-types/sluice/context-schema.ts';
import { code, page, table } from './markdown.js';
import { parameterTable } from './schema-table.js';

/** docs/reference/expressions.md: what may stand in `${ … }`. */
export function expressionsPage() {
  return page(
    '# Expressions of YAML step types',
    intro,
    '## Operators',
    `${operators.map(code).join(', ')}, \`??\`, \`? :\`, \`.field\`, \`[0]\`, \`[-1]\`, lists \`[…]\` and objects \`{…}\`. A field
whose name is no word stands in backticks. Beside \`??\` an operator needs parentheses: \`(a ?? 0) = 1\`.`,
    '## Context',
    parameterTable(contextSchema),
    '## Functions',
    'A parameter with `?` may be left out. `number` includes integers; `any` is every value.',
    functionTable(),
  );
}

const intro = `In a YAML step type a text may hold \`\${ … }\`. A text that is one expression and nothing else has the expression's value;
inside other text the value must be a string, a number or a boolean. \`$\${\` stands for the characters \`\${\`. The language is a part of JSONata, evaluated strictly:

- A path that can never have a value is refused when the step type is loaded.
- An expression without a value is an error, unless \`??\` catches it, \`$exists\` asks for it, or the field it fills is
  written \`name?:\`, which then is left out.
- A condition must be \`true\` or \`false\`; \`&\` joins strings only; a comparison needs two values of one kind.
- There is nothing that could run for ever or have an effect: no lambdas, regular expressions, sorting, wildcards,
  \`$eval\`, \`$now\`, \`$random\`. Evaluation has a budget of steps and of text.

What the *author of a run* writes, \`if:\` and \`valueFrom\`, is CUE and not this language.`;

function functionTable() {
  const rows = [...functions].map(([name, { description, params, result }]) => {
    const list = params.map(
      (param) => `${param.name}${param.optional === true ? '?' : ''}: ${kindsOf(param)}`,
    );
    return [code(`$${name}(${list.join(', ')})`), code(typeText(result)), description];
  });
  return table(['Function', 'Result', 'What it gives'], rows);
}

function kindsOf({ kinds }) {
  return kinds === undefined ? 'any' : kinds.join(' or ');
}
