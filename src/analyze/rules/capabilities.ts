import type { JsonObject } from '../../api/json.ts';
import type { AuditRule } from './rule.ts';
import { textsAt } from '../json-fields.ts';
import { quoteText } from '../quote-text.ts';
import { isPrivileged } from './privileges.ts';
import { perContainer } from './rule.ts';

/** What the "baseline" Pod Security Standard lets a container add; all others reach beyond the container. */
const baseline = new Set(
  'AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT'.split(
    ' ',
  ),
);

export const dangerousCapabilities: AuditRule = {
  id: 'DangerousCapabilities',
  severity: 'high',
  category: 'isolation',
  check: perContainer((container, workload) => {
    if (workload.windows || isPrivileged(container, workload)) return undefined;
    const added = capabilities(container.spec, 'add').filter((name) => !baseline.has(name));
    if (added.length === 0) return undefined;
    const names = quoteText(added.slice(0, 10).join(', '), 200);
    return {
      fieldPath: `${container.path}.securityContext.capabilities.add`,
      text: `Container "${container.name}" adds capabilities that reach the node or its network: ${names}.`,
      fix: `Remove ${names} from ${container.path}.securityContext.capabilities.add, or move that work to a component of its own.`,
    };
  }),
};

export const capabilitiesNotDropped: AuditRule = {
  id: 'CapabilitiesNotDropped',
  severity: 'low',
  category: 'isolation',
  check: perContainer((container, workload) => {
    if (workload.windows || isPrivileged(container, workload)) return undefined;
    if (capabilities(container.spec, 'drop').includes('ALL')) return undefined;
    return {
      fieldPath: `${container.path}.securityContext.capabilities.drop`,
      text: `Container "${container.name}" keeps the runtime's default capabilities, such as NET_RAW and SETUID.`,
      fix: `Drop all capabilities: set ${container.path}.securityContext.capabilities.drop to ["ALL"], and add back NET_BIND_SERVICE only if it is needed.`,
    };
  }),
};

function capabilities(container: JsonObject, field: 'add' | 'drop'): readonly string[] {
  return textsAt(container, 'securityContext', 'capabilities', field).map((name) =>
    name.toUpperCase().replace(/^CAP_/, ''),
  );
}
