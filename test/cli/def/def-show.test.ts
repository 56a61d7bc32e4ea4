import { expect, test } from 'vitest';
import { openDefCli } from './def-cli.ts';

const definition = `import "vela/op"

"tell": {type: "workflow-step", description: "Tells | someone."}
template: {
	send: op.#HTTPPost & {url: parameter.url, _secret: 1}
	_hidden: 1
	code: send.response.statusCode
	parameter: {
		// +usage=Where to send it
		// +short=u
		url: string
		// +usage=How often
		count: *1 | int
		// +ignore
		internal?: string
		to: [...{
			// +usage=Their name
			name: string
		}]
	}
}
`;

test('the table of parameters comes of the comments in the template', async () => {
  await using cli = await openDefCli();
  await cli.write('tell.cue', definition);
  const text = await cli.run(['def', 'show', 'tell.cue']);
  expect(text.code).toBe(0);
  expect(text.stdout).toMatch(/^ {2}url +Where to send it +string +yes$/m);
  expect(text.stdout).toMatch(/^ {2}count +How often +integer +no +1$/m);
  expect(text.stdout).toMatch(/^ {2}to\[\]\.name +Their name +string +yes$/m);
  expect(text.stdout).toMatch(/^Outputs\n.*\n {2}send +object *\n {2}code +any *$/m);
  expect(text.stdout).not.toMatch(/internal|_hidden/);

  await cli.run(['def', 'apply', 'tell.cue']);
  const json = await cli.run(['def', 'show', 'tell', '-o', 'json']);
  expect(JSON.parse(json.stdout)).toMatchObject({
    name: 'tell',
    origin: 'installed',
    format: 'cue',
    parameters: {
      required: ['url'],
      properties: {
        url: { type: 'string', description: 'Where to send it', short: 'u' },
        internal: { type: 'string', ignore: true },
      },
    },
    outputs: { properties: { send: {}, code: {}, _hidden: {} }, additionalProperties: false },
  });

  const md = await cli.run(['def', 'show', 'tell', '-o', 'md']);
  expect(md.stdout).toMatch(/^# tell\n\nTells \\\| someone\.\n\n## Parameters\n\n\| Name \| Description \|/);
  expect(md.stdout).toContain('| url | Where to send it | string | yes |  |');
  expect(md.stdout).toContain('```yaml\n- name: my-tell\n  type: tell\n  properties:\n    url: ...\n```');
});

test('a file without a step type, and a name that nothing has', async () => {
  await using cli = await openDefCli();
  await cli.write('x.yaml', 'apiVersion: v1\nkind: Secret\nmetadata: {name: x}\n');
  const file = await cli.run(['def', 'show', 'x.yaml']);
  expect([file.code, file.stderr]).toEqual([2, expect.stringContaining('there is no step type in x.yaml')]);
  const name = await cli.run(['def', 'show', 'susspend']);
  expect([name.code, name.stderr]).toEqual([2, expect.stringContaining('Did you mean suspend?')]);
});
