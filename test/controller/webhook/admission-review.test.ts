import { describe, expect, test } from 'vitest';
import type { Fault } from '../../../src/api/fault.ts';
import type { JsonObject } from '../../../src/api/json.ts';
import {
  decideReview,
  readReview,
  reviewAnswer,
  type ReviewAnswer,
} from '../../../src/controller/webhook/admission-review.ts';

const object: JsonObject = {
  apiVersion: 'core.oam.dev/v1alpha1',
  kind: 'WorkflowRun',
  metadata: { name: 'demo', generation: 1 },
  spec: { workflowSpec: { steps: [{ name: 'a', type: 'b' }] } },
};
const error: Fault = {
  file: '',
  line: 1,
  column: 1,
  path: 'spec.a',
  code: 'X',
  severity: 'error',
  message: 'is bad',
};
const warning: Fault = { ...error, path: 'spec.w', severity: 'warning', message: 'is odd' };

function review(request: JsonObject): string {
  return JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: { uid: 'u', kind: { kind: 'WorkflowRun' }, namespace: 'team', name: 'demo', ...request },
  });
}

async function decide(
  request: JsonObject,
  faults: readonly Fault[] = [error],
  isOurs = true,
): Promise<ReviewAnswer & { readonly asked: number }> {
  const read = readReview(review(request));
  if (read === undefined) throw new Error('not read');
  let asked = 0;
  const validate = async (): Promise<readonly Fault[]> => {
    asked += 1;
    return faults;
  };
  return { ...(await decideReview(read, validate, () => isOurs)), asked };
}

describe('what has errors', () => {
  test.each<[string, JsonObject]>([
    ['a new object', { operation: 'CREATE', object }],
    ['a dry run', { operation: 'CREATE', object, dryRun: true }],
    [
      'another spec',
      { operation: 'UPDATE', object, oldObject: { ...object, spec: { workflowSpec: { steps: [] } } } },
    ],
    [
      'other steps of a Workflow',
      { operation: 'UPDATE', object: { ...object, steps: [1] }, oldObject: object },
    ],
  ])('is refused: %s', async (_what, request) => {
    expect(await decide(request)).toEqual({
      isAllowed: false,
      message: 'WorkflowRun demo is refused: spec.a: is bad',
      warnings: [],
      asked: 1,
    });
  });

  test.each<[string, JsonObject]>([
    [
      'another status',
      {
        operation: 'UPDATE',
        subResource: 'status',
        object: { ...object, status: { finished: true } },
        oldObject: object,
      },
    ],
    [
      'only metadata',
      {
        operation: 'UPDATE',
        object: { ...object, metadata: { name: 'demo', labels: { a: 'b' } } },
        oldObject: object,
      },
    ],
    [
      'keys in another order',
      {
        operation: 'UPDATE',
        object: Object.fromEntries(Object.entries(object).toReversed()),
        oldObject: object,
      },
    ],
    ['a deletion', { operation: 'DELETE', object: null, oldObject: object }],
    [
      'the removal of a finalizer',
      {
        operation: 'UPDATE',
        object: { ...object, spec: {}, metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } },
        oldObject: object,
      },
    ],
    ['a connection', { operation: 'CONNECT', object }],
  ])('is not looked at: %s', async (_what, request) => {
    expect(await decide(request)).toEqual({ isAllowed: true, message: '', warnings: [], asked: 0 });
  });

  test('is told of, and let through, where another engine runs it', async () => {
    expect(await decide({ operation: 'CREATE', object }, [error, warning], false)).toMatchObject({
      isAllowed: true,
      warnings: ['spec.a: is bad', 'spec.w: is odd'],
    });
  });

  test('is named by its prefix when the name is still to be made', async () => {
    const prefixed = { ...object, metadata: { generateName: 'demo-' } };
    expect((await decide({ operation: 'CREATE', object: prefixed, name: '' })).message).toMatch(
      /^WorkflowRun demo- is/,
    );
  });
});

describe('warnings', () => {
  test('come beside a refusal and beside a yes', async () => {
    const request = { operation: 'CREATE', object };
    expect(await decide(request, [error, warning])).toMatchObject({
      isAllowed: false,
      warnings: ['spec.w: is odd'],
    });
    expect(await decide(request, [warning])).toMatchObject({ isAllowed: true, warnings: ['spec.w: is odd'] });
  });

  test('are as many and as long as an API server passes on', async () => {
    const long = { ...warning, message: 'x'.repeat(1000) };
    const { warnings } = await decide(
      { operation: 'CREATE', object },
      Array.from({ length: 40 }, () => long),
    );
    expect(warnings).toHaveLength(16);
    expect(warnings.join('').length).toBeLessThan(4096);
    expect(warnings.at(-1)).toBe('and 25 more');
  });
});

describe('an AdmissionReview', () => {
  test('is answered under its uid', () => {
    expect(reviewAnswer('u', { isAllowed: true, message: '', warnings: [] })).toEqual({
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      response: { uid: 'u', allowed: true },
    });
    expect(reviewAnswer('u', { isAllowed: false, message: 'no', warnings: ['w'] })).toMatchObject({
      response: {
        uid: 'u',
        allowed: false,
        status: { code: 422, reason: 'Invalid', message: 'no' },
        warnings: ['w'],
      },
    });
  });

  test.each([
    '',
    '[]',
    'null',
    '{',
    '{"kind":"AdmissionReview"}',
    '{"apiVersion":"admission.k8s.io/v1beta1","kind":"AdmissionReview","request":{"uid":"u","operation":"CREATE"}}',
    '{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"}',
    '{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":[]}',
    '{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":1,"operation":"CREATE"}}',
    '{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u"}}',
  ])('is not: %s', (text) => {
    expect(readReview(text)).toBeUndefined();
  });
});
