import { objectsAt, textAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import type { WorkloadRule } from '../rule.ts';
import { podSecurity } from '../source.ts';

/** Grown with 1.27, 1.29, 1.32 and 1.37; older kubelets refuse the newer ones themselves. */
const safe = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ping_group_range',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_notsent_lowat',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_slow_start_after_idle',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.tcp_wmem',
]);

export const unsafeSysctl: WorkloadRule = {
  id: 'UnsafeSysctl',
  severity: 'high',
  category: 'isolation',
  reason: 'such a setting holds for other Pods of the node, or opens it to attacks',
  ...podSecurity('baseline', 'Sysctls'),
  check: ({ podSpec, podPath }) =>
    objectsAt(podSpec, 'securityContext', 'sysctls')
      .map((sysctl, index) => ({ name: textAt(sysctl, 'name'), index }))
      // Kubernetes takes slashes for dots.
      .filter(({ name }) => !safe.has(name.replaceAll('/', '.')))
      .map(({ name, index }) => {
        const fieldPath = `${podPath}.securityContext.sysctls[${index}]`;
        return {
          fieldPath,
          text: `The Pod sets ${quoteText(name, 100)}, a kernel parameter that is not known to stay within the Pod.`,
          fix: `Remove ${fieldPath}; what a whole node needs is set on the node.`,
        };
      }),
};
