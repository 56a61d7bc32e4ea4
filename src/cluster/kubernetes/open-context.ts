import { SluiceError } from '../../api/errors.ts';
import { ApiClient } from './api-client.ts';
import { readKubeconfig } from './kubeconfig.ts';

export interface OpenContextOptions {
  /** A file. Absent: where kubectl finds it. */
  readonly kubeconfig?: string;
  /** Absent: the kubeconfig's current one. */
  readonly context?: string;
  /** For one request with its whole answer. */
  readonly requestMs: number;
  /** Of one answer. */
  readonly answerBytes: number;
  now(): number;
}

/** The API server of one context of a kubeconfig. */
export interface OpenedContext {
  readonly client: ApiClient;
  readonly context: string;
  /** The one that the context names, else `default`. */
  readonly namespace: string;
}

/** Throws SluiceError `invalid` for a kubeconfig or context that cannot be used. No server is asked yet. */
export async function openContext(options: OpenContextOptions): Promise<OpenedContext> {
  const { kubeconfig: file, requestMs, answerBytes } = options;
  const kubeconfig = await readKubeconfig(file, () => options.now());
  const context = options.context ?? kubeconfig.currentContext;
  if (!kubeconfig.contexts.includes(context)) {
    const where = file === undefined ? 'The kubeconfig' : `The kubeconfig ${file}`;
    const what = context === '' ? 'has no current context' : `has no context ${context}`;
    const names = kubeconfig.contexts.slice(0, 50).join(', ');
    throw new SluiceError(
      'invalid',
      'UnknownContext',
      `${where} ${what}; there ${names === '' ? 'are none' : `are ${names}`}.`,
      { hint: 'Choose one with --context.' },
    );
  }
  const access = kubeconfig.access(context);
  return {
    client: new ApiClient({ access, timeoutMs: requestMs, limitBytes: answerBytes }),
    context,
    namespace: kubeconfig.namespace(context),
  };
}
