import { expect, test } from 'vitest';
import type { Json } from '../../../src/api/json.ts';
import type { KubeObject } from '../../../src/api/kube-object.ts';
import { diagnosisOf, idsOf } from '../scene.ts';
import { brokenDeployment, brokenPod, incidentsOf, waiting } from './objects.ts';

const [web, webSet] = brokenDeployment('web');

function conditioned(object: KubeObject, condition: Json): KubeObject {
  const { status = {} } = object as { readonly status?: object };
  return { ...object, status: { ...status, conditions: [condition] } };
}

/** What each of the two calls the same thing. */
test.each<readonly [string, KubeObject, readonly KubeObject[], string, string]>([
  [
    'a missing Secret',
    web,
    [webSet, brokenPod('web-a-1', webSet, waiting('CreateContainerConfigError', 'secret "db" not found'))],
    'CreateContainerConfigError',
    'ContainerConfigError',
  ],
  [
    'a webhook that says no',
    web,
    [
      conditioned(webSet, {
        type: 'ReplicaFailure',
        status: 'True',
        reason: 'FailedCreate',
        message: 'admission webhook "x" denied the request',
      }),
    ],
    'FailedCreate',
    'PodsNotCreated',
  ],
  [
    'a deadline that has passed while no Pod says why',
    conditioned(web, {
      type: 'Progressing',
      status: 'False',
      reason: 'ProgressDeadlineExceeded',
      message: 'timed out',
    }),
    [webSet],
    'RolloutStalled',
    'ProgressDeadlineExceeded',
  ],
])('of %s the root is the cause in a diagnosis, too', async (_, deployment, others, root, cause) => {
  const incidents = await incidentsOf([deployment, ...others]);
  expect(incidents.map((incident) => incident.root.id)).toEqual([root]);
  const { causes, consequences } = await diagnosisOf({ object: deployment, others });
  expect(idsOf(causes)).toEqual([cause]);
  const follows = incidents.flatMap((incident) => incident.consequences.map(({ finding }) => finding.id));
  expect(follows).toContain('ReplicasUnavailable');
  expect(idsOf(consequences)).toContain('ReplicasUnavailable');
});
