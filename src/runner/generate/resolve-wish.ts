import type { JsonObject } from '../../api/json.ts';
import { isObject } from '../../api/json.ts';
import { parseImage } from '../../analyze/image-reference.ts';
import { checkVariables } from './check-variables.ts';
import { parameters, type ParameterName } from './parameters.ts';
import { variablesSchema, type Procedure, type Variables } from './procedure.ts';
import { procedures } from './procedures.ts';

/** Something that has to be said before anything can be made. */
export interface Question {
  /** A parameter, or `procedure`. */
  readonly about: ParameterName | 'procedure';
  readonly text: string;
  /** Closed list of answers. */
  readonly choices?: readonly string[];
}

export interface Wish {
  /** Names of procedures that fit. */
  readonly procedures: readonly string[];
  readonly variables: JsonObject;
}

export type Resolved =
  | { readonly kind: 'chosen'; readonly procedure: Procedure; readonly variables: Variables }
  /** `none`: nothing that can be made fits; `several`: more than one; `unsaid`: it says how, and not what. */
  | {
      readonly kind: 'questions';
      readonly why: 'none' | 'several' | 'unsaid' | 'missing';
      readonly questions: readonly Question[];
      readonly procedure?: Procedure;
    }
  | { readonly kind: 'faults'; readonly procedure: Procedure; readonly faults: readonly string[] };

/** Decides what a wish means, or what must be asked. Values are checked by the schema of the procedure; none is made up. */
export function resolveWish({ procedures: names, variables }: Wish): Resolved {
  const fitting = procedures.filter(({ name }) => names.includes(name));
  const [procedure] = fitting;
  if (procedure === undefined) return askWhat(variables);
  if (fitting.length > 1)
    return { kind: 'questions', why: 'several', questions: [whichOf('which of these is meant', fitting)] };
  const given = withName(procedure, variables);
  const missing = missingOf(procedure, given);
  if (missing.length > 0) return { kind: 'questions', why: 'missing', questions: missing, procedure };
  const checked = checkVariables(variablesSchema(procedure), given);
  const faults = checked.ok ? (procedure.faultsOf?.(checked.variables) ?? []) : checked.faults;
  return checked.ok && faults.length === 0
    ? { kind: 'chosen', procedure, variables: checked.variables }
    : { kind: 'faults', procedure, faults };
}

/** Only what takes all that was said can be meant. */
function askWhat(variables: JsonObject): Resolved {
  const names = Object.keys(variables);
  const fitting = procedures.filter(({ required, optional }) =>
    names.every((name) => [...required, ...optional].some((each) => each === name)),
  );
  const isUnsaid = names.length > 0 && fitting.length > 0;
  return {
    kind: 'questions',
    why: isUnsaid ? 'unsaid' : 'none',
    questions: [whichOf('what is to be made', isUnsaid ? fitting : procedures)],
  };
}

function whichOf(text: string, choices: readonly Procedure[]): Question {
  return { about: 'procedure', text, choices: choices.map(({ name }) => name) };
}

/** `corp.example/shop/cart:1` is called `cart` unless something else is said. */
function withName({ required }: Procedure, variables: JsonObject): JsonObject {
  if (variables['name'] !== undefined || !required.includes('name')) return variables;
  const image = parseImage(typeof variables['image'] === 'string' ? variables['image'] : '');
  const last = image.kind === 'image' ? (image.repository.split('/').at(-1) ?? '') : '';
  return /^[a-z][-a-z0-9]*$/.test(last) && last.length <= 50 ? { ...variables, name: last } : variables;
}

function missingOf({ required, oneOf = [] }: Procedure, variables: JsonObject): readonly Question[] {
  const isThere = (name: ParameterName): boolean => variables[name] !== undefined;
  const isMissing = (name: ParameterName): boolean => required.includes(name) && !isThere(name);
  const questions = required
    // With the image comes a name.
    .filter((name) => !isThere(name) && !(name === 'name' && isMissing('image')))
    .map(questionOf);
  const [first] = oneOf;
  if (first === undefined || oneOf.some(isThere)) return questions;
  const others = oneOf.slice(1).map((name) => `${describe(name)} (${name})`);
  const text = `${describe(first)} (${first}), or else ${others.join(', or ')}`;
  return [...questions, { about: first, text }];
}

function questionOf(name: ParameterName): Question {
  const { enum: choices } = parameters[name].schema as { enum?: readonly string[] };
  return { about: name, text: describe(name), ...(choices === undefined ? {} : { choices }) };
}

function describe(name: ParameterName): string {
  const { schema } = parameters[name];
  return isObject(schema) && typeof schema['description'] === 'string' ? schema['description'] : name;
}
