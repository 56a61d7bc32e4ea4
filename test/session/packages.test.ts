import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { openSession } from '../../src/runner/open-session.ts';
import type { InputFile, Session } from '../../src/runner/session.ts';
import { serveHttps } from '../net/https-server.ts';
import { bodyOf, serveHttp, type Running } from '../net/loopback.ts';
import { execute, fileOf, openTestSession, requestFor } from './open-test-session.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function opened(session: Promise<Session>): Promise<Session> {
  const open = await session;
  closers.push(() => open.close());
  return open;
}

/** A server of functions that answers with the rows of a database. */
async function serveTables(statuses: readonly number[] = []): Promise<Running & { readonly seen: string[] }> {
  const seen: string[] = [];
  const left = [...statuses];
  const server = await serveHttp((request, response) => {
    void bodyOf(request).then((body) => {
      seen.push(`${request.method} ${request.url} ${body}`);
      response.writeHead(left.shift() ?? 200).end('[{"name":"users"},{"name":"orders"}]');
    });
  });
  closers.push(() => server.close());
  return { ...server, seen };
}

interface PackageParts {
  readonly endpoint?: string;
  readonly name?: string;
  readonly path?: string;
  readonly protocol?: string;
  readonly cue?: string;
  readonly annotation?: string;
}

const tables = `package mysql

#ListTables: {
  #do: "list-tables"
  #provider: "mysql"
  $params: {
    // +usage=Name of the database
    db: string
  }
  $returns?: [...{name: string}]
}`;

function packageFile(parts: PackageParts = {}): InputFile {
  const { endpoint = 'http://127.0.0.1:9', name = 'mysql', path = 'ext/db/mysql', protocol = 'http' } = parts;
  const annotations =
    parts.annotation === undefined
      ? ''
      : `\n  annotations: {sluice.dev/insecure-skip-verify: ${parts.annotation}}`;
  return fileOf(
    'package.yaml',
    `apiVersion: cue.oam.dev/v1alpha1
kind: Package
metadata:
  name: ${name}${annotations}
spec:
  path: ${path}
  provider: {protocol: ${protocol}, endpoint: '${endpoint}', header: {Authorization: Bearer s3cret-token}}
  templates:
    mysql.cue: |
      ${(parts.cue ?? tables).replaceAll('\n', '\n      ')}
`,
  );
}

function stepFile(body = '', imports = 'ext/db/mysql'): InputFile {
  return fileOf(
    'tables.cue',
    `import (
	"vela/op"
	"${imports}"
)

"tables": {type: "workflow-step", description: "Lists tables."}
template: {
	list: mysql.#ListTables & {$params: db: parameter.db}
	first: list.$returns[0].name
	log: op.#Log & {data: "\\(len(list.$returns)) tables"}
	${body}
	parameter: db: string
}
`,
  );
}

function runFile(suspendFirst = false): InputFile {
  const before = suspendFirst ? '      - {name: wait, type: suspend}\n' : '';
  return fileOf(
    'run.yaml',
    `apiVersion: core.oam.dev/v1alpha1
kind: WorkflowRun
metadata: {name: demo}
spec:
  workflowSpec:
    steps:
${before}      - name: list
        type: tables
        properties: {db: shop}
        outputs: [{name: first, valueFrom: first}]
      - name: say
        type: print-message-in-status
        inputs: [{from: first, parameterKey: message}]
`,
  );
}

describe('a run whose step type calls a Package', () => {
  test('that stands beside it in the file', async () => {
    const server = await serveTables();
    const session = await opened(openTestSession());
    const files = [runFile(), packageFile({ endpoint: `${server.url}/mysql` }), stepFile()];
    const { view, logs } = await execute(session, files);
    expect(view.phase).toBe('succeeded');
    expect(view.steps.find(({ name }) => name === 'say')?.message).toBe('users');
    expect(logs.map(({ text }) => text)).toEqual(['2 tables']);
    expect(server.seen).toEqual(['POST /mysql/list-tables {"db":"shop"}']);
  });

  test('that is installed', async () => {
    const server = await serveTables();
    const session = await opened(openTestSession());
    const { applied } = await session.applyDefinitions([packageFile({ endpoint: server.url }), stepFile()]);
    expect(applied.map(({ kind, name, change }) => `${kind} ${name} ${change}`)).toEqual([
      'Package mysql created',
      'WorkflowStepDefinition tables created',
    ]);
    expect((await execute(session, [runFile()])).view.phase).toBe('succeeded');
    expect(server.seen).toHaveLength(1);
  });

  test('is asked again where the server says that nothing was done', async () => {
    const server = await serveTables([503]);
    const session = await opened(openTestSession());
    const run = await execute(session, [runFile(), packageFile({ endpoint: server.url }), stepFile()]);
    expect(run.view.phase).toBe('succeeded');
    expect(server.seen).toHaveLength(2);
  });

  test('is asked once where the server refuses, and its secret shows nowhere', async () => {
    const server = await serveHttp((request, response) =>
      response.writeHead(400).end(`bad token ${String(request.headers.authorization)}`),
    );
    closers.push(() => server.close());
    const session = await opened(openTestSession());
    const run = await execute(session, [runFile(), packageFile({ endpoint: server.url }), stepFile()]);
    const step = run.view.steps.find(({ name }) => name === 'list');
    expect(step?.phase).toBe('failed');
    expect(step?.message).toBe(
      `list: list-tables of 127.0.0.1:${server.port} answered 400: bad token Bearer ***`,
    );
    expect(JSON.stringify(run)).not.toContain('s3cret');
  });

  test('keeps the Package that it was planned with', async () => {
    const [planned, later] = [await serveTables(), await serveTables()];
    const stateDir = await mkdtemp(join(tmpdir(), 'sluice-packages-'));
    closers.push(() => rm(stateDir, { recursive: true }));
    const open = () => opened(openSession({ stateDir, offline: false, env: {}, now: Date.now }));
    const session = await open();
    await session.applyDefinitions([packageFile({ endpoint: planned.url }), stepFile()]);
    const prepared = await session.prepare(requestFor([runFile(true)]));
    const [run] = prepared.runs;
    if (run === undefined) throw new Error(JSON.stringify(prepared.faults));
    const observer = { onView: () => undefined, onLog: () => undefined, onNotice: () => undefined };
    const { signal } = new AbortController();
    const first = await session.execute(run, observer, { leaveWhenSuspended: true, signal });
    expect(first.view.phase).toBe('suspending');
    await session.applyDefinitions([packageFile({ endpoint: later.url })]);
    const other = await open();
    const second = await other.resume(run.ref, observer, { leaveWhenSuspended: true, signal });
    expect(second?.view.phase).toBe('succeeded');
    expect([planned.seen.length, later.seen.length]).toEqual([1, 0]);
  });

  test.each([
    ['fails where nobody vouches for the server', undefined, 'failed'],
    ['calls it where the Package does without', '"true"', 'succeeded'],
    ['fails where the Package says that it does not', '"false"', 'failed'],
  ])('over TLS %s', async (_name, annotation, phase) => {
    const server = await serveHttps((_request, response) => response.end('[{"name":"users"}]'));
    closers.push(() => server.close());
    const session = await opened(openTestSession());
    const parts = {
      endpoint: server.url,
      protocol: 'https',
      ...(annotation === undefined ? {} : { annotation }),
    };
    expect((await execute(session, [runFile(), packageFile(parts), stepFile()])).view.phase).toBe(phase);
  });
});

describe('refused before anything runs', () => {
  const faultsOf = async (files: readonly InputFile[]) => {
    const session = await opened(openTestSession());
    const { faults, applied } = await session.applyDefinitions(files);
    expect(applied).toEqual([]);
    return faults.map(
      ({ file, line, column, code, message }) => `${file}:${line}:${column} ${code} ${message}`,
    );
  };

  test.each<[name: string, parts: PackageParts, fault: string]>([
    ['gRPC', { protocol: 'grpc' }, '7:24 BadPackage providers over gRPC cannot be called: offer'],
    ['another protocol', { protocol: 'ftp' }, '7:24 BadPackage spec.provider.protocol must be http or https'],
    [
      'an endpoint of nothing',
      { endpoint: 'tables:80' },
      '7:40 BadPackage spec.provider.endpoint must be an http',
    ],
    [
      'http where https is said',
      { protocol: 'https' },
      '7:41 BadPackage spec.provider.protocol is https, and',
    ],
    [
      'a password in the endpoint',
      { endpoint: 'http://a:b@c' },
      '7:40 BadPackage spec.provider.endpoint must have no',
    ],
    ['no path', { path: '"ext/a b"' }, '6:9 BadPackage spec.path must be the path that templates import'],
    ['a path of CUE', { path: 'strings' }, '6:9 BadPackage "strings" is a package of CUE itself'],
    ['a path of Sluice', { path: 'vela/op' }, '6:9 BadPackage "vela/op" is a package of Sluice itself'],
    ['a name of built-in ops', { name: 'http' }, '4:9 BadPackage http is the #provider of built-in ops'],
    ['CUE that does not parse', { cue: 'package mysql\n#F: {' }, "12:2 BadPackage expected '}', found 'EOF'"],
    [
      'CUE that does not compile',
      { cue: 'package mysql\n#F: nothing' },
      '11:11 BadPackage #F: reference "nothing" not found',
    ],
    [
      'a function of somebody else',
      { cue: 'package mysql\n#F: {#do: "f", #provider: "my", $params: {}}' },
      '11:12 BadPackage #F has the #provider "my"',
    ],
    [
      'a function without $params',
      { cue: 'package mysql\n#F: {#do: "f", #provider: "mysql"}' },
      '11:12 BadPackage #F declares no $params',
    ],
    [
      'an annotation that says nothing',
      { annotation: '"yes"' },
      '5:50 BadPackage sluice.dev/insecure-skip-verify must',
    ],
  ])('a Package with %s', async (_name, parts, fault) => {
    const [first] = await faultsOf([packageFile(parts)]);
    expect(first).toContain(`package.yaml:${fault}`);
  });

  test('a second Package with the path of one that is installed', async () => {
    const session = await opened(openTestSession());
    await session.applyDefinitions([packageFile()]);
    const other = packageFile({ name: 'maria', cue: tables.replace('"mysql"', '"maria"') });
    const { faults } = await session.applyDefinitions([other]);
    expect(faults.map(({ message }) => message)).toEqual([
      'the Package mysql has the path ext/db/mysql, too',
    ]);
  });

  test.each<[name: string, step: InputFile, fault: string]>([
    [
      'a function that it does not have',
      stepFile('more: mysql.#ListTable & {$params: db: "x"}'),
      '11:14 BadCue step type tables: package "ext/db/mysql" has no #ListTable',
    ],
    [
      'a parameter of another type',
      stepFile('more: mysql.#ListTables & {$params: db: 5}'),
      '11:42 BadCue step type tables: more.$params.db: conflicting values 5 and string',
    ],
    [
      'a package that nobody has',
      stepFile('', 'exr/db/mysql'),
      '3:2 UnknownPackage step type tables: package "exr/db/mysql" not found',
    ],
  ])('a step type that uses %s', async (_name, step, fault) => {
    expect((await faultsOf([packageFile(), step]))[0]).toContain(`tables.cue:${fault}`);
  });

  test('a run with a Package that cannot be used', async () => {
    const session = await opened(openTestSession());
    const prepared = await session.prepare(
      requestFor([runFile(), packageFile({ protocol: 'grpc' }), stepFile()]),
    );
    expect(prepared.runs).toEqual([]);
    expect(prepared.faults.map(({ message }) => message.slice(0, 60))).toContain(
      'providers over gRPC cannot be called: offer the functions ov',
    );
  });
});
