import { identityKey } from '../../analyze/finding-identity.ts';
import type { Incident } from '../../analyze/incident/incident.ts';
import { digestOfText } from '../../gate/digest.ts';

/** 12 hex digits that stay from one look to the next while the root does. */
export function incidentId({ key }: Pick<Incident, 'key'>): string {
  return digestOfText(identityKey(key)).slice('sha256:'.length, 'sha256:'.length + 12);
}
