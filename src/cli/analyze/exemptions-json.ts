import type { ExemptionResult } from '../../analyze/exemptions/apply-exemptions.ts';
import type { Exemption } from '../../analyze/exemptions/exemption.ts';
import { identityOf } from '../../analyze/finding-identity.ts';
import type { Finding } from '../../analyze/finding.ts';

/** What exemptions did, for machines. An undefined field is not written. */
export function exemptionsJson({
  exempted,
  expired,
  unused,
}: Omit<ExemptionResult<Finding>, 'kept'>): object {
  return {
    exempted: exempted.map(({ finding, exemption: { place, reason, owner, expires } }) => ({
      finding: identityOf(finding),
      exemption: place,
      reason,
      owner,
      expires,
    })),
    expired: expired.map(({ exemption, findings }) => ({ ...entry(exemption), findings })),
    unused: unused.map((exemption) => entry(exemption)),
  };
}

function entry({ rule, place, expires }: Exemption): object {
  return { rule, exemption: place, expires };
}
