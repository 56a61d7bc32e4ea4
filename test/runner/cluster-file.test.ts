import { expect, test } from 'vitest';
import { execute, fileOf, openTestSession } from '../session/open-test-session.ts';

const image = 'registry.corp.example/shop/web:1';
const run = `
apiVersion: core.oam.dev/v1alpha1
kind: WorkflowRun
metadata: {name: deploy, namespace: default}
spec:
  workflowSpec:
    steps:
      - {name: web, type: apply-deployment, timeout: 1s, properties: {image: "${image}"}}
`;

test.each([
  [`images: [{image: "${image}", pull: false}]`, 'failed'],
  ['images: []', 'succeeded'],
])('the in-memory cluster does what the cluster file says: %s', async (rules, phase) => {
  const session = await openTestSession({ clusterFile: fileOf('cluster.yaml', rules) });
  try {
    const { view } = await execute(session, [fileOf('run.yaml', run)]);
    expect(view.phase).toBe(phase);
  } finally {
    await session.close();
  }
});
