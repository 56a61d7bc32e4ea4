import type { JsonObject } from '../../../api/json.ts';
import type { WorkloadRule } from '../rule.ts';
import { textsAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import { isPrivileged } from './privileges.ts';
import { perContainer } from '../rule.ts';
import { podSecurity } from '../source.ts';

/** What the "baseline" Pod Security Standard lets a container add; all others reach beyond the container. */
const baseline = new Set(
  'AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT'.split(
    ' ',
  ),
);

export const dangerousCapabilities: WorkloadRule = {
  id: 'DangerousCapabilities',
  severity: 'high',
  category: 'isolation',
  reason: 'such a capability opens known ways from the container to the node',
  cis: '5.2.9',
  ...podSecurity('baseline', 'Capabilities'),
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

export const capabilitiesNotDropped: WorkloadRule = {
  id: 'CapabilitiesNotDropped',
  severity: 'low',
  category: 'isolation',
  reason: 'what the runtime grants by default is more than most programs need',
  cis: '5.2.10',
  ...podSecurity('restricted', 'Capabilities'),
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

/** What may be added after all others are dropped. */
const harmless = 'NET_BIND_SERVICE';

export const capabilityAdded: WorkloadRule = {
  id: 'CapabilityAdded',
  severity: 'low',
  category: 'isolation',
  reason: 'a program that is taken over keeps what was added for one call',
  cis: '5.2.9',
  ...podSecurity('restricted', 'Capabilities'),
  check: perContainer((container, workload) => {
    if (workload.windows || isPrivileged(container, workload)) return undefined;
    const added = capabilities(container.spec, 'add').filter(
      (name) => baseline.has(name) && name !== harmless,
    );
    if (added.length === 0) return undefined;
    const names = added.slice(0, 10).join(', ');
    return {
      fieldPath: `${container.path}.securityContext.capabilities.add`,
      text: `Container "${container.name}" adds capabilities: ${names}.`,
      fix: `Remove ${names} from ${container.path}.securityContext.capabilities.add: give files their owner in the image, and bind ports over 1024.`,
    };
  }),
};

function capabilities(container: JsonObject, field: 'add' | 'drop'): readonly string[] {
  return textsAt(container, 'securityContext', 'capabilities', field).map((name) =>
    name.toUpperCase().replace(/^CAP_/, ''),
  );
}
