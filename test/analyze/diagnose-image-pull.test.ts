import { expect, test } from 'vitest';
import { waitingStatus } from './kube-fixtures.ts';
import { diagnosisOf, withPod } from './scene.ts';

const pull = async (image: string, message: string): Promise<string> => {
  const result = await diagnosisOf(
    withPod(waitingStatus('ErrImagePull', message), [], { container: { image } }),
  );
  const cause = result.causes[0];
  return `${cause?.text} ${cause?.fix}`;
};
const denied =
  'pull access denied, repository does not exist or may require authorization: authorization failed';

test.each([
  ['ngnix', denied, /no official image of that name\. Did you mean "nginx"\?/],
  ['invalid', denied, /means docker\.io\/library\/invalid, and Docker Hub has no official image/],
  ['team/app:1', denied, /no repository docker\.io\/team\/app, or it is private.*image pull secret/],
  [
    'ghcr.io/team/app:1',
    'failed to authorize: failed to fetch anonymous token: unexpected status: 403 Forbidden',
    /ghcr\.io asks for credentials/,
  ],
  [
    'registry.invalid/app:1',
    'dial tcp: lookup registry.invalid on 10.96.0.10:53: no such host',
    /DNS does not know the registry host registry\.invalid/,
  ],
  [
    '10.0.0.9:5000/app:1',
    'dial tcp 10.0.0.9:5000: connect: connection refused',
    /cannot reach 10\.0\.0\.9:5000/,
  ],
  [
    'reg.example/app:1',
    'tls: failed to verify certificate: x509: certificate signed by unknown authority',
    /does not trust the TLS certificate/,
  ],
  ['nginx:1', 'toomanyrequests: You have reached your pull rate limit', /rate limit/],
  ['nginx:1', 'no match for platform in manifest: not found', /CPU architecture/],
  ['nginx:1', 'something nobody has seen before', /evidence has its words/],
])('%s: %s', async (image, message, wanted) => {
  const says = await pull(image, `failed to resolve reference: ${message}`);
  expect(says).toMatch(wanted);
});

test('words of the name are not taken for those of the registry', async () => {
  expect(await pull('team/access-denied-x509:1', 'docker.io/team/x: not found')).toMatch(/has no tag "1"/);
});

test('the commands fit the fault, and a name in them cannot run another command', async () => {
  const status = waitingStatus('ErrImagePull', 'unexpected status: 401 Unauthorized');
  const scene = withPod(status, [], { container: { image: 'ghcr.io/team/app:1' } });
  const [cause] = (await diagnosisOf(scene)).causes;
  expect(cause?.commands).toEqual([
    'kubectl -n default create secret docker-registry registry-login --docker-server=ghcr.io --docker-username=USER --docker-password="$PASSWORD"',
  ]);
  const missing = withPod(waitingStatus('ErrImagePull', 'manifest unknown'), [], {
    container: { name: 'web' },
  });
  const metadata = { ...missing.object.metadata, name: 'web; rm -rf ~' };
  const [other] = (await diagnosisOf({ ...missing, object: { ...missing.object, metadata } })).causes;
  expect(other?.commands).toEqual(["kubectl -n default set image 'deployment/web; rm -rf ~' web=IMAGE"]);
});
