import type { JsonObject } from '../../api/json.ts';
import { digestOf } from '../digest.ts';
import type { Verdict } from '../verdict.ts';

/**
 * The verdict as an in-toto statement with a SLSA Verification Summary, unsigned. PASSED is an outcome of `pass` that is open
 * in its own right: what a person opened against the gate is still FAILED, and so is a warning, which the summary has no word
 * for. Throws nothing: a verdict without a time has no `timeVerified`.
 */
export function verificationSummary(verdict: Verdict): JsonObject {
  const hasPassed = verdict.outcome === 'pass' && verdict.open && verdict.override === null;
  const subjects = [
    { name: `${verdict.subject.kind}/${verdict.subject.name}`, digest: digestSet(verdict.subject.digest) },
    ...verdict.subject.images.flatMap(({ name, digest }) =>
      digest === undefined ? [] : [{ name, digest: digestSet(digest) }],
    ),
  ];
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: subjects,
    predicateType: 'https://slsa.dev/verification_summary/v1',
    predicate: {
      verifier: {
        id: `https://sluice.dev/gate/${encodeURIComponent(verdict.gate)}`,
        version: { sluice: verdict.engine },
      },
      ...(verdict.at === null ? {} : { timeVerified: verdict.at }),
      resourceUri: `${verdict.subject.kind}/${verdict.subject.name}`,
      policy: { uri: verdict.policy.source ?? verdict.gate, digest: digestSet(verdict.policy.digest) },
      inputAttestations: [
        ...verdict.evidence.map(({ ref, digest }) => ({ uri: ref, digest: digestSet(digest) })),
        { uri: 'verdict', digest: digestSet(digestOf(verdict)) },
      ],
      verificationResult: hasPassed ? 'PASSED' : 'FAILED',
      verifiedLevels: [],
      slsaVersion: '1.1',
    },
  };
}

/** `sha256:abc` as in-toto writes it. */
function digestSet(digest: string): JsonObject {
  const [algorithm = 'sha256', value = ''] = digest.split(':', 2);
  return { [algorithm]: value };
}
