import { SluiceError } from '../../api/errors.ts';
import { isObject, type Json, type JsonObject } from '../../api/json.ts';
import type { OpContext } from '../op.ts';
import { textsParam } from '../param-values.ts';
import { configAnnotations, configLabels, type RenderedTemplate } from './config-secret.ts';

/** Where templates are that are named without a namespace. */
const defaultNamespace = 'vela-system';
/** Leading `import` clauses of a CUE text; they must stand before everything else. */
const imports = /^(?:\s|\/\/[^\n]*|import\s*\([^)]*\)|import\s+(?:[\w.]+\s+)?"[^"\n]*")*/;

export interface ConfigToRender {
  readonly name: string;
  readonly namespace: string;
  readonly properties: JsonObject;
}

/**
 * Renders a config by its template, `NAME` or `NAMESPACE/NAME`: the CUE text in the ConfigMap `config-template-NAME`. Throws
 * SluiceError `terminal`: there is none, its text cannot be evaluated with these properties, or its validation refuses them.
 */
export async function renderTemplate(
  template: string,
  config: ConfigToRender,
  context: OpContext,
): Promise<RenderedTemplate> {
  const { name, namespace } = templateRef(template);
  const map = await (
    await context.cluster('')
  ).get({ apiVersion: 'v1', kind: 'ConfigMap', namespace, name: `config-template-${name}` });
  const label = `config template ${namespace}/${name}`;
  const text = map === undefined ? undefined : textsParam(map as unknown as JsonObject, 'data')['template'];
  if (map === undefined || text === undefined) {
    const what = map === undefined ? 'not found' : 'has no text under data.template';
    throw new SluiceError('terminal', 'ConfigTemplateNotFound', `${label} ${what}`, {
      hint: `it is the ConfigMap ${namespace}/config-template-${name}`,
    });
  }
  const { output, outputs, validation } = await evaluateTemplate(text, config, context, label);
  const refusal = isObject(validation) && isObject(validation['$returns']) ? validation['$returns'] : {};
  if (typeof refusal['message'] === 'string' && refusal['message'] !== '') {
    throw new SluiceError('terminal', 'ConfigRefused', `${label} refuses the config: ${refusal['message']}`);
  }
  return {
    name,
    namespace,
    scope: map.metadata.labels?.[configLabels.scope] ?? '',
    isSensitive: map.metadata.annotations?.[configAnnotations.sensitive] === 'true',
    output: isObject(output) ? output : {},
    outputs: isObject(outputs) ? Object.values(outputs).filter(isObject) : [],
  };
}

/** `NAMESPACE/NAME`, or a name in the namespace of KubeVela. */
export function templateRef(template: string): { readonly namespace: string; readonly name: string } {
  const slash = template.indexOf('/');
  return slash < 0
    ? { namespace: defaultNamespace, name: template }
    : { namespace: template.slice(0, slash), name: template.slice(slash + 1) };
}

/** Only what a config takes from its template; the rest need not be concrete. */
async function evaluateTemplate(
  text: string,
  { name, namespace, properties }: ConfigToRender,
  context: OpContext,
  label: string,
): Promise<Readonly<Record<string, Json>>> {
  const head = imports.exec(text)?.[0] ?? '';
  const body = text.slice(head.length);
  // A comprehension over a struct in error is empty, and says nothing: `parameter` is named so that what does not fit it is told.
  const script = `${head}
let sluiceTemplate = ({
${body}
template: parameter: sluiceProperties
context: sluiceContext
}).template
parameter: sluiceTemplate.parameter
for field, value in sluiceTemplate if field == "output" || field == "outputs" || field == "validation" {(field): value}`;
  const scope = { sluiceProperties: properties, sluiceContext: { name, namespace } };
  const answer = await context.evaluate(scope, script);
  if (!answer.ok) {
    const why = answer.faults.map(({ message }) => message).join('; ');
    throw new SluiceError('terminal', 'BadConfigTemplate', `${label} cannot be used: ${why}`);
  }
  return isObject(answer.value) ? answer.value : {};
}
