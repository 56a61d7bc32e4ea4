/** Texts that have hurt other programs. */
const texts = [
  '__proto__',
  'constructor',
  'hasOwnProperty',
  'toString',
  '',
  ' ',
  'a'.repeat(63),
  'a'.repeat(64),
  'ａ',
  '\u202Etxt',
  'e\u0301',
  '\u0000',
  '\uD800',
  '💥',
  '../../etc/passwd',
  '${ parameter }',
  '${ $eval("1") }',
  '"\\(context)"',
  '1e999',
  '-0',
  'null',
  'yes',
  '0777',
  '<script>',
  '%s%n',
];

const conditions = [
  'always',
  'false',
  'status.a.succeeded',
  'status["__proto__"].failed',
  'inputs.a > 1',
  'context.name == "x"',
  '1 ==',
  '{',
  '"a" * 100000000 != ""',
  '[for x in [1,2,3] {x}][9] == 1',
  'strings.Repeat("a", 1000000000) != ""',
  'a.b.c.d',
  'true & false',
];

const paths = ['a[99999999]', '__proto__.x', 'constructor.prototype.y', '', '.', 'a[-1]'];
const durations = ['1ms', '0s', '10ms', '1h'];
const badDurations = ['-1s', '1d', '9999999h', 'soon', '1ms1ms', '1e3s', ''];
const names = ['a', 'b', 'c', 's0', 's1', 'A', 'ä', '__proto__', 'constructor'];

/** A WorkflowRun that is nearly right, or nothing like one. The same for the same numbers. */
export function hostileRun(name: string, random: () => number, url: string): object {
  // Most runs have a few faults; some have nothing else.
  const hostility = 0.6 * random() ** 3;
  const isBad = (): boolean => random() < hostility;
  const may = (chance: number): boolean => random() < chance;
  const one = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const good = (items: readonly unknown[], bad: readonly unknown[] = texts): unknown =>
    isBad() ? (may(0.2) ? value(0) : one(bad)) : one(items);
  const some = <T>(most: number, make: () => T): T[] =>
    Array.from({ length: Math.floor(random() * (most + 1)) }, make);
  let count = 0;

  function value(depth: number): unknown {
    const kind = random();
    if (kind < 0.45 || depth > 5) return one(texts);
    if (kind < 0.6) return one<unknown>([0, -1, 1e308, 2 ** 53 + 2, true, null, 0.1, 1e21]);
    if (kind < 0.8) return some(3, () => value(depth + 1));
    return Object.fromEntries(some(3, () => [one([...texts, ...names]), value(depth + 1)]));
  }

  const properties: Readonly<Record<string, () => unknown>> = {
    request: () => ({ url: good([`${url}/${name}/x`]), method: good(['GET', 'PUT', 'POST', 'DELETE']) }),
    suspend: () => ({ duration: good(durations, badDurations) }),
    'step-group': () => ({}),
    'print-message-in-status': () => ({ message: one(texts) }),
    'apply-object': () => ({
      value: {
        apiVersion: good(['v1']),
        kind: good(['ConfigMap']),
        metadata: { name: good([`${name}-${count}`]) },
        data: { [one(texts)]: one(texts), ...(isBad() ? { a: value(2) } : {}) },
      },
    }),
    'read-object': () => ({ apiVersion: 'v1', kind: good(['ConfigMap', 'Pod']), name: good(['a']) }),
    'chat-gpt': () => ({
      baseUrl: `${url}/${name}/m/v1`,
      token: { value: 'key' },
      prompt: { type: good(['custom', 'quality-gate']), content: may(0.5) ? one(texts) : value(3) },
    }),
  };

  function step(depth: number): unknown {
    if (isBad() && may(0.1)) return value(0);
    const type = one(Object.keys(properties));
    count += 1;
    return {
      name: good([`s${count - 1}`], [...texts, ...names]),
      type: good([type]),
      properties: isBad() ? value(0) : properties[type]?.(),
      ...(may(0.3) ? { if: one(isBad() ? texts : conditions) } : {}),
      ...(may(0.1) ? { dependsOn: [good(['s0'], names)] } : {}),
      ...(may(0.2) ? { timeout: good(durations, badDurations) } : {}),
      ...(may(0.15) ? { retry: { limit: good([0, 1], [-1, 1e9]), delay: good(['1ms'], badDurations) } } : {}),
      ...(may(0.1)
        ? { inputs: [{ from: good(['o0'], names), parameterKey: good(['message', 'a[0]', 'x.y'], paths) }] }
        : {}),
      ...(may(0.2) ? { outputs: [{ name: good([`o${count}`]), valueFrom: good(conditions) }] } : {}),
      ...(depth === 0 && (type === 'step-group' || isBad())
        ? { subSteps: isBad() ? value(0) : some(3, () => step(1)) }
        : {}),
    };
  }

  const steps = may(0.02) ? Array.from({ length: 300 }, () => step(0)) : some(5, () => step(0));
  const spec = {
    workflowSpec: isBad() && may(0.2) ? value(0) : { steps },
    ...(may(0.2)
      ? { mode: { steps: good(['DAG', 'StepByStep']), subSteps: good(['DAG', 'StepByStep']) } }
      : {}),
    ...(may(0.15) ? { context: isBad() ? value(2) : { a: 1 } } : {}),
    ...(isBad() ? { workflowRef: one(texts) } : {}),
    ...(may(0.2) ? { timeout: good(['2s'], badDurations) } : {}),
    ...(isBad() ? { serviceAccountName: one(texts) } : {}),
  };
  const annotations = may(0.3)
    ? { [one(['sluice.dev/require', 'sluice.dev/x', 'workflowrun.oam.dev/x'])]: one(texts) }
    : {};
  return {
    apiVersion: 'core.oam.dev/v1alpha1',
    kind: 'WorkflowRun',
    metadata: { name, annotations },
    spec: isBad() && may(0.1) ? value(0) : spec,
  };
}
