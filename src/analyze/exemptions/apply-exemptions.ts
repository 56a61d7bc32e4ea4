import type { Finding } from '../finding.ts';
import type { Exemption } from './exemption.ts';

export interface Exempted<F extends Finding> {
  readonly finding: F;
  /** The first of the file that covers it. */
  readonly exemption: Exemption;
}

/** What exemptions did to a list of findings. Nothing is dropped silently: every finding is in `kept` or in `exempted`. */
export interface ExemptionResult<F extends Finding> {
  /** Not covered, or only by an exemption whose time is over; in the order they came. */
  readonly kept: readonly F[];
  readonly exempted: readonly Exempted<F>[];
  /** Exemptions whose time is over, with the number of findings that they would still cover. */
  readonly expired: readonly { readonly exemption: Exemption; readonly findings: number }[];
  /** In force, and covering nothing: the cause is gone, or the entry never fitted. */
  readonly unused: readonly Exemption[];
}

/** Takes the findings that are covered out of `findings`. `nowMs` decides which exemptions still hold. */
export function applyExemptions<F extends Finding>(
  findings: readonly F[],
  exemptions: readonly Exemption[],
  nowMs: number,
): ExemptionResult<F> {
  const matchers = exemptions.map((exemption) => ({
    exemption,
    isInForce: nowMs < exemption.expiresMs,
    covers: coverOf(exemption),
    findings: 0,
  }));
  const byRule = Map.groupBy(matchers, ({ exemption }) => exemption.rule);
  const kept: F[] = [];
  const exempted: Exempted<F>[] = [];
  for (const finding of findings) {
    const matching = (byRule.get(finding.id) ?? []).filter(({ covers }) => covers(finding));
    for (const matcher of matching) matcher.findings++;
    const first = matching.find(({ isInForce }) => isInForce);
    if (first === undefined) kept.push(finding);
    else exempted.push({ finding, exemption: first.exemption });
  }
  return {
    kept,
    exempted,
    expired: matchers
      .filter(({ isInForce }) => !isInForce)
      .map(({ exemption, findings: covered }) => ({ exemption, findings: covered })),
    unused: matchers
      .filter((matcher) => matcher.isInForce && matcher.findings === 0)
      .map(({ exemption }) => exemption),
  };
}

function coverOf({ kind, namespace, name, container }: Exemption): (finding: Finding) => boolean {
  const inNamespace = patternOf(namespace);
  const isNamed = patternOf(name);
  const inContainer = patternOf(container);
  return ({ object, container: where }) =>
    (kind === undefined || object.kind === kind) &&
    inNamespace(object.namespace) &&
    isNamed(object.name) &&
    inContainer(where);
}

/** `*` stands for any characters. A pattern never fits what is not there: a namespace says nothing of an object without one. */
export function patternOf(pattern: string | undefined): (text: string | undefined) => boolean {
  if (pattern === undefined) return () => true;
  const parts = pattern.split('*');
  return (text) => text !== undefined && fits(text, parts);
}

/** Whether `text` is the parts in order with anything between them. Takes time in proportion to its length. */
function fits(text: string, parts: readonly string[]): boolean {
  const first = parts[0] ?? '';
  if (parts.length === 1) return text === first;
  const last = parts.at(-1) ?? '';
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
