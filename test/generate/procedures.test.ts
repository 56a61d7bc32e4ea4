import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import { openBundledSchemas } from '../../src/cluster/bundled-schemas.ts';
import { checkManifests } from '../../src/runner/generate/check-manifests.ts';
import { procedures } from '../../src/runner/generate/procedures.ts';
import { resolveWish } from '../../src/runner/generate/resolve-wish.ts';
import { madeOf, wishes } from './wishes.ts';

const schemas = await openBundledSchemas();

describe('what a procedure makes', () => {
  test.each(Object.entries(wishes))(
    'fits its schemas and scores 100: %s',
    async (_, { procedure, variables }) => {
      const { faults, unchecked, audit, score } = await checkManifests(madeOf(procedure, variables), schemas);
      expect({ faults, unchecked, findings: audit.findings.map(({ id }) => id) }).toEqual({
        faults: [],
        unchecked: [],
        findings: [],
      });
      // A ConfigMap alone is judged by rules that only look for faults.
      expect(score?.worst ?? 100).toBe(100);
    },
  );

  test('every procedure is among them', () => {
    expect(new Set(Object.values(wishes).map(({ procedure }) => procedure))).toEqual(
      new Set(procedures.map(({ name }) => name)),
    );
  });

  test.each<[string, JsonObject]>([
    ['an image by its tag', { image: 'corp.example/shop/cart:1.4' }],
    ['an image of the moment', { image: 'nginx' }],
    ['one replica', { replicas: 1 }],
  ])('scores 85 or more with %s', async (_, variables) => {
    const made = madeOf('web-service', { ...wishes['web service']?.variables, ...variables });
    expect((await checkManifests(made, schemas)).score?.worst).toBeGreaterThanOrEqual(85);
  });

  test('asks for no more than it is sure to get where a limit is not given', () => {
    const made = madeOf('job', { image: 'corp.example/a:1', cpu: '2' });
    expect(JSON.stringify(made)).toContain('"limits":{"cpu":"2","memory":"256Mi"}');
  });
});

describe('variables', () => {
  test.each<[string, JsonObject, RegExp]>([
    ['no number', { port: '80a' }, /^port must be integer$/],
    ['too large a number', { port: 70_000 }, /^port must be <= 65535$/],
    ['no name', { name: 'Cart!' }, /^name must match pattern/],
    ['no image', { image: 'https://corp.example/a' }, /^image is no image name/],
    [
      'no place to call',
      { egress: 'anywhere' },
      /^egress must be equal to one of .*\(dns, cluster, internet\)$/,
    ],
    ['of another procedure', { schedule: '@daily' }, /^schedule is no variable of it$/],
    ['a value that is no text', { env: { A: 1 } }, /^env.A must be string$/],
    ['an autoscaler that cannot scale', { maxReplicas: 2 }, /^maxReplicas must be more than replicas$/],
    ['a path that leaves', { healthPath: 'healthz' }, /^healthPath must match pattern/],
  ])('that are wrong are faults: %s', (_, wrong, fault) => {
    const variables = { name: 'a', image: 'corp.example/a:1', port: 80, ...wrong };
    const resolved = resolveWish({ procedures: ['web-service'], variables });
    expect(resolved.kind === 'faults' && resolved.faults).toEqual([expect.stringMatching(fault)]);
  });

  test.each<[string, readonly string[], JsonObject, string, readonly string[]]>([
    ['nothing', [], {}, 'none', ['procedure']],
    ['an unknown name', ['shell'], {}, 'none', ['procedure']],
    ['two', ['job', 'worker'], {}, 'several', ['procedure']],
    ['no image', ['web-service'], { port: 80 }, 'missing', ['image']],
    ['no port', ['web-service'], { image: 'a.b/c:1' }, 'missing', ['port']],
    ['an image that gives no name', ['job'], { image: 'a.b/c_d:1' }, 'missing', ['name']],
    ['nothing to know its health by', ['worker'], { image: 'a.b/c:1' }, 'missing', ['healthCommand']],
    ['no size', ['stateful-service'], { image: 'a.b/c:1', port: 80 }, 'missing', ['storage', 'replicas']],
  ])('that are missing are asked for: %s', (_, names, variables, why, about) => {
    const resolved = resolveWish({ procedures: names, variables });
    expect(resolved).toMatchObject({ kind: 'questions', why });
    expect(resolved.kind === 'questions' && resolved.questions.map((question) => question.about)).toEqual(
      about,
    );
  });
});
