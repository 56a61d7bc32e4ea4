import { numberAt, textAt } from '../../../analyze/json-fields.ts';
import type { Procedure } from '../procedure.ts';
import { labelsOf, podParameters, podTemplate } from '../secure-pod.ts';
import { disruptionBudget, named, networkPolicy, service } from '../surroundings.ts';

export const statefulService: Procedure = {
  name: 'stateful-service',
  description:
    'a program that keeps data: StatefulSet with a volume for each replica, headless Service, NetworkPolicy',
  words: ['stateful service', 'statefulset', 'stateful set', 'stateful app', 'database'],
  // Whether a program that keeps data may run twice, nobody but its author knows.
  required: ['name', 'image', 'port', 'storage', 'replicas'],
  optional: ['storageClass', 'mountPath', 'healthPath', 'healthCommand', ...podParameters],
  make(variables, namespace) {
    const name = textAt(variables, 'name');
    const place = { name, namespace };
    const replicas = numberAt(variables, 'replicas') ?? 1;
    const storageClassName = textAt(variables, 'storageClass');
    return [
      networkPolicy(place, variables),
      service(place, variables, { isHeadless: true }),
      ...(replicas > 1 ? [disruptionBudget(place)] : []),
      named(place, 'apps/v1', 'StatefulSet', {
        spec: {
          replicas,
          serviceName: name,
          selector: { matchLabels: labelsOf(name) },
          template: podTemplate(name, variables, {
            hasProbes: true,
            isSpread: replicas > 1,
            mounts: [{ name: 'data', mountPath: textAt(variables, 'mountPath') }],
          }),
          volumeClaimTemplates: [
            {
              apiVersion: 'v1',
              kind: 'PersistentVolumeClaim',
              metadata: { name: 'data' },
              spec: {
                accessModes: ['ReadWriteOnce'],
                ...(storageClassName === '' ? {} : { storageClassName }),
                resources: { requests: { storage: textAt(variables, 'storage') } },
              },
            },
          ],
        },
      }),
    ];
  },
};
