import { describe, expect, test } from 'vitest';
import { guessPlural, isNamespaced, resolveKind, resourceOf } from '../../src/cluster/known-kinds.ts';
import { parseLabelSelector } from '../../src/cluster/label-selector.ts';

describe('a kind is found by any of its names', () => {
  test.each([
    ['Deployment', 'apps/v1 Deployment'],
    ['deployments', 'apps/v1 Deployment'],
    ['DEPLOY', 'apps/v1 Deployment'],
    ['deployments.apps', 'apps/v1 Deployment'],
    ['po', 'v1 Pod'],
    ['svc', 'v1 Service'],
    ['cm', 'v1 ConfigMap'],
    ['rs', 'apps/v1 ReplicaSet'],
    ['ev', 'v1 Event'],
    ['events.events.k8s.io', 'events.k8s.io/v1 Event'],
    ['ns', 'v1 Namespace'],
    ['ep', 'v1 Endpoints'],
    ['endpoints', 'v1 Endpoints'],
    ['ingresses', 'networking.k8s.io/v1 Ingress'],
    ['networkpolicies', 'networking.k8s.io/v1 NetworkPolicy'],
    ['storageclasses', 'storage.k8s.io/v1 StorageClass'],
    ['wr', 'core.oam.dev/v1alpha1 WorkflowRun'],
    ['workflowstepdefinitions', 'core.oam.dev/v1beta1 WorkflowStepDefinition'],
  ])('%s', (text, expected) => {
    const found = resolveKind(text);
    expect(`${found?.apiVersion} ${found?.kind}`).toBe(expected);
  });

  test('and not by any other', () => {
    expect(resolveKind('thing')).toBeUndefined();
    expect(resolveKind('deployments.batch')).toBeUndefined();
    expect(resolveKind('')).toBeUndefined();
  });
});

test('kinds know their place and their plural', () => {
  expect(resolveKind('ns')?.namespaced).toBe(false);
  expect(isNamespaced('rbac.authorization.k8s.io/v1', 'ClusterRole')).toBe(false);
  expect(isNamespaced('example.com/v1', 'Thing')).toBe(true);
  expect(resourceOf('networking.k8s.io/v1', 'Ingress')).toBe('ingresses.networking.k8s.io');
  expect(['Policy', 'Gateway', 'Box', 'Thing'].map(guessPlural)).toEqual([
    'policies',
    'gateways',
    'boxes',
    'things',
  ]);
});

describe('a label selector', () => {
  test.each<readonly [string, Record<string, string> | undefined, boolean]>([
    ['a=1', { a: '1' }, true],
    ['a=1', { a: '2' }, false],
    ['a=1', undefined, false],
    ['a!=1', {}, true],
    [' a = 1 , b = 2 ', { a: '1', b: '2' }, true],
    ['a in (1,2), b', { a: '2', b: '' }, true],
    ['a in (1,2)', {}, false],
    ['a notin (1)', {}, true],
    ['a in ()', { a: '' }, true],
    ['!a', { a: '' }, false],
    ['example.com/a=x', { 'example.com/a': 'x' }, true],
    ['a=', { a: '' }, true],
    ['toString', {}, false],
  ])('%s on %j', (selector, labels, expected) => {
    expect(parseLabelSelector(selector)(labels)).toBe(expected);
  });

  test.each([
    'a=b=c',
    'a in 1',
    'a=b,,c',
    ',',
    'a in (b',
    '-a',
    'a=b c',
    '=x',
    '!',
    `a=${'x'.repeat(100)}`,
    'a'.repeat(50_000),
  ])('%s cannot be read', (selector) => {
    expect(() => parseLabelSelector(selector)).toThrow(expect.objectContaining({ kind: 'invalid' }) as Error);
  });
});
