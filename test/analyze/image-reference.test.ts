import { describe, expect, test } from 'vitest';
import { parseImage } from '../../src/analyze/image-reference.ts';
import { suggestImage } from '../../src/analyze/image-suggestion.ts';

const digest = `sha256:${'ab'.repeat(32)}`;

test.each([
  ['nginx', 'docker.io', 'library/nginx', '', ''],
  ['nginx:1.27-alpine', 'docker.io', 'library/nginx', '1.27-alpine', ''],
  ['docker.io/nginx', 'docker.io', 'library/nginx', '', ''],
  ['grafana/grafana:11.0.0', 'docker.io', 'grafana/grafana', '11.0.0', ''],
  ['ghcr.io/a/b/c', 'ghcr.io', 'a/b/c', '', ''],
  ['localhost/x', 'localhost', 'x', '', ''],
  ['localhost:5000/x:1', 'localhost:5000', 'x', '1', ''],
  [`nginx@${digest}`, 'docker.io', 'library/nginx', '', digest],
  [`registry.k8s.io/pause:3.9@${digest}`, 'registry.k8s.io', 'pause', '3.9', digest],
  ['corp.example/team_a/app--x.y:V1', 'corp.example', 'team_a/app--x.y', 'V1', ''],
])('%s', (text, host, repository, tag, sum) => {
  expect(parseImage(text)).toMatchObject({ kind: 'image', host, repository, tag, digest: sum });
});

test.each([
  '',
  ' ',
  'Nginx',
  'nginx:',
  'nginx: 1.27',
  'nginx:-1',
  'https://docker.io/nginx',
  'docker.io//nginx',
  'nginx@sha256:abc',
  'a b',
  '/nginx',
  'nginx/',
  'web_.x',
  'ghcr.io/Team/app',
  `x:${'t'.repeat(129)}`,
  'a'.repeat(2000),
])('%j is malformed, with a reason', (text) => {
  expect(parseImage(text)).toMatchObject({
    kind: 'malformed',
    reason: expect.stringMatching(/\w/) as string,
  });
});

const suggest = (text: string): string | undefined => {
  const image = parseImage(text);
  return image.kind === 'malformed' ? undefined : suggestImage(image);
};

describe('a name near an official image', () => {
  test.each([
    ['ngnix', 'nginx'],
    ['ngnix:1.27', 'nginx:1.27'],
    ['reids', 'redis'],
    ['postgress', 'postgres'],
    ['mongodb', 'mongo'],
    ['pyton:3.13-slim', 'python:3.13-slim'],
  ])('%s: %s', (text, wanted) => {
    expect(suggest(text)).toBe(wanted);
  });

  test.each(['invalid', 'worker', 'backend', 'nginx', 'my-app', 'team/ngnix', 'ghcr.io/x/ngnix', 'app'])(
    '%s has none',
    (text) => {
      expect(suggest(text)).toBeUndefined();
    },
  );
});
