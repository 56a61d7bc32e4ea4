// The API server's own account of who wrote what, one JSON object a line.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Writes only, without their bodies: whose they were, to what, and how they were answered. */
const policy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived', 'ResponseStarted'],
  rules: [
    { level: 'Metadata', verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'] },
    { level: 'None' },
  ],
};

export const auditLogIn = (directory) => join(directory, 'audit.log');

/** Writes the policy into `directory`; the flags that make an API server keep to it. */
export async function auditFlags(directory) {
  const file = join(directory, 'audit-policy.json');
  await writeFile(file, JSON.stringify(policy));
  // Each line is written before its answer is sent, so that nothing is missing when a test looks.
  return [
    `--audit-policy-file=${file}`,
    `--audit-log-path=${auditLogIn(directory)}`,
    '--audit-log-mode=blocking-strict',
  ];
}
