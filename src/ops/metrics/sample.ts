import { queryPrometheus } from '../gates/query-prometheus.ts';
import type { OpContext } from '../op.ts';
import { terminal, type OpError } from '../outcome.ts';

export interface Asked {
  readonly query: string;
  readonly metricEndpoint: string;
  readonly condition: string;
}

export type Sampled =
  | { readonly kind: 'value'; readonly text: string; readonly holds: boolean }
  | { readonly kind: 'error'; readonly outcome: OpError };

const timeoutMs = 30_000;

/** Asks for the one value of the query now, and whether it meets the condition. */
export async function takeSample(
  { query, metricEndpoint, condition }: Asked,
  context: OpContext,
): Promise<Sampled> {
  const asked = { provider: 'prometheus', query };
  const server = { address: metricEndpoint };
  if (!URL.canParse(metricEndpoint)) return refuse('metricEndpoint is no URL');
  const { sample, isFinal } = await queryPrometheus(asked, server, context.now(), timeoutMs, context);
  if (sample.error !== undefined) {
    const outcome: OpError = {
      kind: 'error',
      class: isFinal ? 'terminal' : 'transient',
      message: sample.error,
    };
    return { kind: 'error', outcome };
  }
  const [text, ...others] = sample.values;
  if (typeof text !== 'string') {
    return {
      kind: 'error',
      outcome: { kind: 'error', class: 'transient', message: 'the query gives no value' },
    };
  }
  if (others.length > 0) {
    return refuse(`the query gives ${sample.values.length} values, not one: aggregate them in the query`);
  }
  return compare(text, condition, context);
}

async function compare(text: string, condition: string, context: OpContext): Promise<Sampled> {
  // NaN and infinities are no numbers of CUE. Nothing divided by nothing meets no condition.
  if (!Number.isFinite(Number(text))) return { kind: 'value', text, holds: false };
  const answer = await context.evaluate({}, `${text} ${condition}`);
  if (answer.ok && typeof answer.value === 'boolean') return { kind: 'value', text, holds: answer.value };
  const why = answer.ok ? 'it gives no boolean' : answer.faults.map(({ message }) => message).join('; ');
  return refuse(`condition ${JSON.stringify(condition)}: ${why} (write >=0.95)`);
}

function refuse(message: string): Sampled {
  return { kind: 'error', outcome: terminal(message) };
}
