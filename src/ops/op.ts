import type { JsonObject } from '../api/json.ts';
import type { OpOutcome, OpSpec } from '../api/op-spec.ts';
import type { Cluster } from '../cluster/port.ts';
import type { EvidenceItem } from '../evidence/item.ts';
import type { EvidenceInput, PreparedEvidence } from '../evidence/prepare/prepare-evidence.ts';
import type { Evaluated } from '../expr/expression.ts';
import type { Recorded } from '../expr/template.ts';
import type { VerdictStore } from '../gate/verdict-store.ts';
import type { ModelPayer, ModelService } from '../llm/model-service.ts';
import type { HttpClient } from '../net/http-client.ts';
import type { MailClient } from '../net/mail/mail-client.ts';

/** What an op may use. Everything it touches comes from here. */
export interface OpContext {
  readonly run: ModelPayer;
  readonly step: { readonly name: string; readonly path: string };
  /** Same for a repeat after a crash, new for a retry after a known failure; sent as `Idempotency-Key`. */
  readonly idempotencyKey: string;
  /** Aborts when the step times out or is terminated, or the process stops. */
  readonly signal: AbortSignal;
  /** Called when the connection of a request stands, before its first byte; throws when the effect is not to be begun. */
  readonly beforeSend?: () => void;
  /** Is told the end of a model's answer as far as it has come, restored. Absent: nobody watches, and nothing is streamed. */
  readonly onAnswer?: (text: string) => void;
  cluster(name: string): Promise<Cluster>;
  readonly http: HttpClient;
  readonly mail: MailClient;
  /** Where a call to a model goes that a step type makes by HTTP. Throws SluiceError as `models` does. */
  modelRoute(request: ModelRequest): Promise<ModelRoute>;
  /** From now on the value is masked wherever it would be shown. */
  addSecret(value: string): void;
  /** The text with every known secret masked: what may go to a model. */
  maskSecrets(text: string): string;
  /** All of them, to look for in other spellings than `maskSecrets` does. Never to be shown. */
  secretValues(): readonly string[];
  /** Wall time in ms. */
  readonly now: () => number;
  /** Evaluates CUE that the run's author wrote, over plain data. */
  evaluate(scope: JsonObject, expression: string): Promise<Evaluated>;
  readonly models: ModelService;
  readonly evidence: EvidenceSettings;
  readonly verdicts: VerdictStore;
  /** Whether a person can answer a suspended step; where none can, `suspend` blocks. */
  readonly isInteractive: boolean;
  /**
   * To be called with what is about to be applied, before it is. Throws SluiceError `denied` when the step requires a gate
   * whose verdict does not open for exactly these objects now.
   */
  admit(objects: readonly JsonObject[]): void;
}

/** What the operator, or whoever started the run, says about evidence. */
export interface EvidenceSettings {
  /** Kept by the installation: what pseudonyms are derived from. */
  readonly key: string;
  /** Names of namespaces, workloads and nodes are replaced, too. */
  readonly anonymize: boolean;
  /** Texts that were handed over with the run. */
  readonly given: readonly EvidenceItem[];
  /** Prepares large evidence where it holds nobody up; absent: here. */
  readonly prepare?: (input: EvidenceInput) => Promise<PreparedEvidence>;
}

export interface ModelRequest {
  readonly url: string;
  /** The Authorization header the step type sends, if any. */
  readonly authorization: string | undefined;
  /** As the body names it, if it does. */
  readonly model?: string;
}

export interface ModelRoute {
  /** The address to call instead. */
  readonly url: string;
  /** What proves who asks, by lower-case name; in place of the step's own Authorization. */
  readonly headers: Readonly<Record<string, string>>;
  /** For people: `offline engine` or the host. */
  readonly label: string;
  /** The client to call with: it may go where steps in general may not, and recordings hang on it. */
  readonly http: HttpClient;
}

export interface Op extends OpSpec {
  /** Never throws for what the world does: that is an outcome. A throw is a bug. */
  perform(params: JsonObject, context: OpContext): Promise<OpOutcome>;
  /** Reads again what the op read, for a wait that depends on it; the effect is not repeated. Undefined: nothing to read. */
  refresh?(recorded: Recorded, context: OpContext): Promise<OpOutcome>;
}
