import { expect, test } from 'vitest';
import { openDefCli } from './def-cli.ts';

const pack = (protocol = 'http'): string => `apiVersion: cue.oam.dev/v1alpha1
kind: Package
metadata:
  name: mysql
spec:
  path: ext/db/mysql
  provider:
    protocol: ${protocol}
    endpoint: http://127.0.0.1:9
  templates:
    mysql.cue: |
      package mysql
      #ListTables: {
        #do: "list-tables"
        #provider: "mysql"
        $params: {db: string}
        $returns?: [...{name: string}]
      }
`;

const step = `import "ext/db/mysql"

"tables": {type: "workflow-step", description: "Lists tables."}
template: {
	list: mysql.#ListTables & {$params: db: parameter.db}
	parameter: db: string
}
`;

test('a Package is checked, installed, listed, printed and deleted as step types are', async () => {
  await using cli = await openDefCli();
  await cli.write('mysql.yaml', pack());
  await cli.write('tables.cue', step);
  expect((await cli.run(['def', 'vet', 'tables.cue'])).stdout).toContain(
    'tables.cue:1:8: error UnknownPackage: step type tables: package "ext/db/mysql" not found',
  );
  expect((await cli.run(['def', 'vet', 'mysql.yaml', 'tables.cue'])).stdout).toBe(
    'ok: 1 step type, 1 Package\n',
  );
  const tried = await cli.run(['def', 'apply', '-f', 'mysql.yaml', '--dry-run']);
  expect(tried.stderr).toContain('Package mysql created (dry run)\n');
  expect((await cli.run(['def', 'apply', '-f', 'mysql.yaml'])).stdout).toBe('Package mysql created\n');
  expect((await cli.run(['def', 'apply', '-f', 'mysql.yaml'])).stdout).toBe('Package mysql unchanged\n');
  expect((await cli.run(['def', 'apply', 'tables.cue'])).stdout).toBe(
    'WorkflowStepDefinition tables created\n',
  );
  expect((await cli.run(['def', 'list'])).stdout).toMatch(
    /^package\/mysql +Package +- +installed +import "ext\/db\/mysql", calls http:\/\/127\.0\.0\.1:9$/m,
  );
  const printed = await cli.run(['def', 'get', 'package/mysql', '-o', 'json']);
  expect(JSON.parse(printed.stdout)).toMatchObject({ kind: 'Package', spec: { path: 'ext/db/mysql' } });
  expect((await cli.run(['def', 'get', 'package/mysql', '-o', 'cue'])).code).toBe(2);
  const shown = await cli.run(['def', 'show', 'package/mysql']);
  expect([shown.code, shown.stderr]).toEqual([2, expect.stringContaining('sluice def get package/mysql')]);
  expect((await cli.run(['def', 'delete', 'package/mysql'])).stdout).toBe('Package mysql deleted\n');
  const gone = await cli.run(['def', 'delete', 'package/mysql']);
  expect([gone.code, gone.stderr]).toEqual([1, expect.stringContaining('no Package mysql is installed\n')]);
  expect((await cli.run(['def', 'get', 'package/mysql'])).code).toBe(2);
});

test('one that cannot be used is not installed', async () => {
  await using cli = await openDefCli();
  await cli.write('mysql.yaml', pack('grpc'));
  const { code, stdout, stderr } = await cli.run(['def', 'apply', '-f', 'mysql.yaml']);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(
    'mysql.yaml:8:15: error BadPackage spec.provider.protocol: providers over gRPC cannot be called',
  );
});

test('a step type is rehearsed with the Packages of other files', async () => {
  await using cli = await openDefCli();
  await cli.write('mysql.yaml', pack());
  await cli.write('tables.cue', step);
  const tests = `tests:
  - name: asks for the tables
    parameters: {db: shop}
    results: [{path: list, result: {value: [{name: users}]}}]
    requests: [{op: call-provider, path: list, params: {function: list-tables, params: {db: shop}}}]
    outputs: {'list.$returns[0].name': users}
`;
  await cli.write('tables.test.yaml', `stepType: tables.cue\npackages: [mysql.yaml]\n${tests}`);
  expect(await cli.run(['def', 'test', 'tables.test.yaml'])).toMatchObject({
    code: 0,
    stdout: '✓ tables.test.yaml  asks for the tables\nok: 1 test\n',
  });
  await cli.write('tables.test.yaml', `stepType: tables.cue\n${tests}`);
  expect((await cli.run(['def', 'test', 'tables.test.yaml'])).stdout).toMatch(
    /^tables.cue:1:8: error UnknownPackage/,
  );
  await cli.write('tables.test.yaml', `stepType: tables.cue\npackages: [tables.cue]\n${tests}`);
  expect(await cli.run(['def', 'test', 'tables.test.yaml'])).toMatchObject({
    code: 2,
    stdout: expect.stringContaining(
      'tables.cue:1:1: error BadTest: the file must hold the Packages',
    ) as string,
  });
});

test('a shell completes its name', async () => {
  await using cli = await openDefCli();
  await cli.write('mysql.yaml', pack());
  await cli.run(['def', 'apply', '-f', 'mysql.yaml']);
  for (const command of ['get', 'delete'])
    expect((await cli.run(['__complete', '--', 'def', command, 'pack'])).stdout).toMatch(
      /^package\/mysql\timport "ext\/db\/mysql"/m,
    );
  expect((await cli.run(['__complete', '--', 'def', 'show', 'pack'])).stdout).not.toContain('package/');
});
