import { afterEach, expect, test } from 'vitest';
import { serveHttp } from '../net/loopback.ts';
import { execute, fileOf, openTestSession } from '../session/open-test-session.ts';

// Packages as KubeVela has them: several files of one package, a library without a provider, functions over built-in ops.
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

test('Packages of several files, without a provider, and over built-in ops', async () => {
  const server = await serveHttp((_request, response) => response.end('{"rows":[{"name":"users"}]}'));
  closers.push(() => server.close());
  const session = await openTestSession();
  closers.push(() => session.close());
  const files = fileOf(
    'all.yaml',
    `apiVersion: cue.oam.dev/v1alpha1
kind: Package
metadata: {name: mysql, namespace: vela-system}
spec:
  path: ext/db/mysql
  provider: {protocol: http, endpoint: '${server.url}'}
  templates:
    table.cue: |
      package mysql
      #Table: {name: string}
    query.cue: |
      package mysql
      #Query: {
        #do: "query"
        #provider: "mysql"
        $params: {sql: string}
        $returns?: {rows: [...#Table]}
      }
---
apiVersion: cue.oam.dev/v1alpha1
kind: Package
metadata: {name: names}
spec:
  path: ext/names
  templates:
    names.cue: |
      package names
      import "strings"
      #Upper: {in: string, out: strings.ToUpper(in)}
---
apiVersion: cue.oam.dev/v1alpha1
kind: Package
metadata: {name: shout}
spec:
  path: ext/shout
  templates:
    shout.cue: |
      package shout
      import "vela/op"
      #Shout: op.#Message & {message: string}
---
apiVersion: core.oam.dev/v1beta1
kind: WorkflowStepDefinition
metadata: {name: ask, annotations: {definition.oam.dev/description: Asks.}}
spec:
  schematic:
    cue:
      template: |
        import (
          "ext/db/mysql"
          "ext/names"
          other "ext/shout"
        )
        query: mysql.#Query & {$params: sql: "select \\(parameter.what)"}
        upper: names.#Upper & {in: query.$returns.rows[0].name}
        say: other.#Shout & {message: upper.out}
        parameter: what: string
---
apiVersion: core.oam.dev/v1alpha1
kind: WorkflowRun
metadata: {name: demo}
spec:
  workflowSpec:
    steps:
      - {name: ask, type: ask, properties: {what: "1"}}
`,
  );
  const { view } = await execute(session, [files]);
  expect(view.steps.map(({ phase, message }) => [phase, message])).toEqual([['succeeded', 'USERS']]);
});
