import { describe, expect, test } from 'vitest';
import { faultsOf, withExpression } from './sample.ts';

/** Text of an expression, and what the refusal must say. None of these may ever be evaluated. */
const refused: readonly (readonly [string, string])[] = [
  // Functions that evaluate, read clocks, draw random numbers, or do not end.
  ['$eval("1+1")', 'there is no function $eval'],
  ['$eval(parameter.text)', 'there is no function $eval'],
  ['$now()', 'there is no function $now'],
  ['$millis()', 'there is no function $millis'],
  ['$random()', 'there is no function $random'],
  ['$shuffle(parameter.names)', 'there is no function $shuffle'],
  ['$map(parameter.names, $uppercase)', 'there is no function $map'],
  ['$filter(parameter.names, function($x) { true })', 'there is no function $filter'],
  ['$reduce(parameter.names, $sum)', 'there is no function $reduce'],
  ['$each(parameter.open, $string)', 'there is no function $each'],
  ['$spread(parameter.open)', 'there is no function $spread'],
  ['$pad("x", 1000000000)', 'there is no function $pad'],
  ['$match("aaaa", /(a+)+$/)', 'there is no function $match'],
  ['$replace(parameter.text, /(a+)+$/, "b")', 'there is no function $replace'],
  ['$clone(parameter.open)', 'there is no function $clone'],
  ['$error("x")', 'there is no function $error'],
  ['$assert(false)', 'there is no function $assert'],
  ['$formatNumber(1, "#")', 'there is no function $formatNumber'],
  // Escapes that were published against the library: prototypes, constructors, host objects.
  ['$constructor("return process")', 'there is no function $constructor'],
  ['$string("x")()', 'only a function of the list'],
  ['$toString()', 'there is no function $toString'],
  ['$__proto__(1)', 'there is no function $__proto__'],
  ['$hasOwnProperty("x")', 'there is no function $hasOwnProperty'],
  ['constructor', 'nothing is called constructor here'],
  ['constructor.constructor("return process")()', 'after a dot only a field name'],
  ['__proto__.polluted', 'nothing is called __proto__ here'],
  ['toString', 'nothing is called toString here'],
  ['parameter.constructor', 'path parameter.constructor does not exist'],
  ['parameter.__proto__', 'path parameter.__proto__ does not exist'],
  ['parameter.hasOwnProperty', 'path parameter.hasOwnProperty does not exist'],
  ['parameter ~> | $ | {"__proto__": {"polluted": true}} |', 'chaining with ~>'],
  ['process.env', 'nothing is called process here'],
  ['$process', '$process is no value'],
  ['$globalThis', '$globalThis is no value'],
  // Definitions, variables, assignments.
  ['function($x) { $x }', 'a function definition is not available'],
  ['λ($x) { $x }', 'a function definition is not available'],
  ['function($x) { $x }(1)', 'only a function of the list'],
  ['($f := function() { $f() }; $f())', 'parentheses hold one expression'],
  ['($x := 1)', 'an assignment with := is not available'],
  ['$substring(?, 1)', 'partial application is not available'],
  ['$', '$ is no value'],
  ['$$', '$$ is no value'],
  ['$.parameter', '$ is no value'],
  ['$parameter', '$parameter is no value'],
  ['parameter.$length', 'after a dot only a field name'],
  ['parameter.text.$length()', 'after a dot only a field name'],
  ['$length', '$length is no value'],
  ['()', 'parentheses hold one expression'],
  ['(1; 2)', 'parentheses hold one expression'],
  // Queries that find what was not named.
  ['*', 'the wildcard * is not available'],
  ['parameter.*', 'the wildcard * is not available'],
  ['**', 'the wildcard ** is not available'],
  ['parameter.**.name', 'the wildcard ** is not available'],
  ['parameter.list.%.text', 'not available'],
  ['parameter.list[name = "x"]', 'in brackets only the position'],
  ['parameter.open["a"]', 'a field is written .`a`'],
  ['parameter.open[parameter.count]', 'in brackets only the position'],
  ['parameter.list[0.5]', 'in brackets only the position'],
  ['parameter.list[]', 'the suffix [] is not available'],
  ['parameter.list^(name)', 'sorting with ^ is not available'],
  ['parameter.list@$x.name', 'binding with @'],
  ['parameter.list#$i.name', 'binding with #'],
  ['parameter.list{name: 1}', 'grouping with {'],
  ['{"a": 1}{"b": 2}', 'grouping with {'],
  ['parameter.open.(a)', 'after a dot only a field name'],
  ['parameter.open.{"a": b}', 'after a dot only a field name'],
  ['parameter.open.[1]', 'after a dot only a field name'],
  ['parameter.open.$string()', 'after a dot only a field name'],
  ['| parameter | {"x": 1} |', 'the transform operator | is not available'],
  ['[1..10000000]', 'the operator .. is not available'],
  ['/(a+)+$/', 'a regular expression is not available'],
  ['"x" ~> $uppercase', 'chaining with ~> is not available'],
  // What does not parse, or is too large to be worth it.
  ['', 'ends too early'],
  ['1 +', 'ends too early'],
  ['parameter.text text', 'syntax error'],
  ['9007199254740993', 'beyond 2^53'],
  [`${'('.repeat(900)}1${')'.repeat(900)}`, 'nests deeper than 50 levels'],
  [`"${'x'.repeat(3000)}"`, 'longer than 2000 characters'],
  [`${'('.repeat(30)}parameter.text${' ?? "a")'.repeat(30)}`, 'more than 6 times ??'],
  [`${'('.repeat(30)}parameter.flag${' ?: true)'.repeat(30)}`, 'more than 6 times ??'],
  // Precedence that reads otherwise than it is meant.
  ['parameter.count = 1 ?? true', 'beside ?? an operator needs parentheses'],
  ['parameter.count ?? 0 = 1', 'beside ?? an operator needs parentheses'],
  ['parameter.text ?? "a" & "b"', 'beside ?? an operator needs parentheses'],
  ['parameter.flag ? 1', 'needs what counts otherwise'],
];

describe('refused when the step type is loaded', () => {
  test.for(refused)('%s', async ([expression, message]) => {
    const faults = await faultsOf(withExpression(expression));
    expect(faults.map((fault) => fault.message).join('\n')).toContain(message);
    expect(faults[0]).toMatchObject({ severity: 'error' });
  });
});

test('a refusal suggests the function that was meant, at its place', async () => {
  const [fault, ...more] = await faultsOf(withExpression('1 + $lenght(parameter.text)'));
  expect(more).toEqual([]);
  expect(fault).toMatchObject({ message: 'step type sample: op "it": value: there is no function $lenght' });
  expect(fault).toMatchObject({ suggestion: '$length', code: 'BadExpression', line: 26, column: 26 });
});

test('a name inside a string or a comment is no construct', async () => {
  expect(await faultsOf(withExpression('"$eval($now())" /* ** */ & "/(a+)+/"'))).toEqual([]);
});
