import type { Json, JsonObject } from '../api/json.ts';
import type { Recorded } from '../expr/template.ts';
import type { CuePackage } from './user-package.ts';

/** Requests of the module, as `cue/engine/protocol.go` reads them. */
export type CueRequest =
  | { readonly fn: 'eval'; readonly scope: JsonObject; readonly expr: string }
  | { readonly fn: 'parse' | 'definition'; readonly expr: string }
  | ({ readonly fn: 'compile'; readonly known?: readonly string[] } & TemplateText)
  | ({ readonly fn: 'check'; readonly parameter: JsonObject; readonly context: JsonObject } & TemplateText)
  | { readonly fn: 'package'; readonly expr: string; readonly imports: ImportTable }
  | ({ readonly fn: 'next' } & Filled)
  | ({ readonly fn: 'value'; readonly expr: string } & Filled);

/** Packages of the user; the same ones must always make the same text. */
export type ImportTable = readonly Pick<CuePackage, 'path' | 'files'>[];

export interface TemplateText {
  readonly template: string;
  readonly imports?: ImportTable;
}

interface Filled extends TemplateText {
  readonly parameter: JsonObject;
  readonly context: JsonObject;
  readonly results: readonly Pick<Recorded, 'path' | 'style' | 'result'>[];
}

export interface CueProblem {
  readonly kind: 'syntax' | 'import' | 'evaluation' | 'incomplete' | 'runaway' | 'bug';
  readonly message: string;
  readonly path?: string;
  readonly at?: CuePlace;
  readonly hint?: string;
}

export interface CuePlace {
  readonly source: string;
  readonly line: number;
  readonly column: number;
}

/** Every field may be absent; `problems` means that the request failed. */
export interface CueResponse {
  readonly action?: {
    readonly path: string;
    readonly provider: string;
    readonly do: string;
    readonly style: 'inline' | 'returns';
    readonly params: JsonObject;
    readonly deps?: readonly string[];
  };
  readonly done?: boolean;
  /** Of `next`: the answers that follow while each op comes to `{}`; the pool keeps them. */
  readonly after?: readonly CueResponse[];
  readonly value?: Json;
  readonly schema?: JsonObject;
  readonly result?: JsonObject;
  readonly references?: readonly {
    readonly segments: readonly string[];
    readonly line: number;
    readonly column: number;
  }[];
  readonly imports?: readonly string[];
  /** Of `compile`: the fields of its context that a template reads; without it, it may read any. */
  readonly context?: readonly string[];
  /** Those that the text spells itself have no package and no name. */
  readonly ops?: readonly {
    readonly package: string;
    readonly name: string;
    readonly provider: string;
    readonly do: string;
    readonly at?: CuePlace;
    readonly hasParams?: boolean;
  }[];
  readonly definition?: { readonly name: string; readonly header: JsonObject; readonly template: string };
  readonly parameter?: readonly {
    readonly path: readonly (string | number)[];
    readonly code: 'missing' | 'unknown' | 'invalid';
    readonly message: string;
    readonly suggestion?: string;
  }[];
  readonly warnings?: readonly CueProblem[];
  readonly problems?: readonly CueProblem[];
}
