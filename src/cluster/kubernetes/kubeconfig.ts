import { messageOf, SluiceError } from '../../api/errors.ts';
import { textAt } from '../json-reading.ts';
import type { Access, Credentials } from './access.ts';
import { parseKubeconfig, readKubeconfigContent, type KubeconfigContent } from './kubeconfig-content.ts';
import { contextOf, isPlainUser, plainCredentials, type KubeconfigContext } from './kubeconfig-context.ts';
import { defaultKubeconfigText, openPluginCredentials } from './plugin-credentials.ts';

/** What a kubeconfig offers. */
export interface Kubeconfig {
  readonly contexts: readonly string[];
  /** '' when it names none. */
  readonly currentContext: string;
  /** Of a context there is. Throws SluiceError `invalid` for one whose cluster or user is missing. */
  access(context: string): Access;
  /** What the context says, else `default`. */
  namespace(context: string): string;
}

/** Credentials are taken to be good so long; plugins that know better, and files, are asked again then. */
const goodForMs = 20_000;

/** Reads a kubeconfig, `file` or where kubectl finds it. Throws SluiceError `invalid`. */
export async function readKubeconfig(file: string | undefined, now: () => number): Promise<Kubeconfig> {
  const content = await loadKubeconfig(file);
  return {
    contexts: [...content.contexts.keys()],
    currentContext: content.currentContext,
    namespace: (context) => textAt(content.contexts.get(context), 'namespace') || 'default',
    access: (context) => openAccess(file, contextOf(content, context), now),
  };
}

/** The entries of a kubeconfig, `file` or where kubectl finds it. Throws SluiceError `invalid`. */
export async function loadKubeconfig(file: string | undefined): Promise<KubeconfigContent> {
  const found = await readKubeconfigContent(file);
  // In a Pod, or on a machine that kubectl was never used on.
  return found ?? parseKubeconfig(await defaultKubeconfigText(), 'of this machine');
}

function openAccess(file: string | undefined, first: KubeconfigContext, now: () => number): Access {
  const { name, server } = first;
  let known: { readonly credentials: Credentials; readonly atMs: number } | undefined;
  let ask: (() => Promise<Credentials>) | undefined = credentialsOf(first);
  return {
    server,
    label: `context ${name}`,
    async credentials() {
      if (known !== undefined && now() - known.atMs < goodForMs) return known.credentials;
      const current = (ask ??= credentialsOf(contextOf(await loadKubeconfig(file), name)));
      try {
        known = { credentials: await current(), atMs: now() };
        return known.credentials;
      } catch (error) {
        throw new SluiceError(
          'environment',
          'Credentials',
          `The credentials of context ${name} cannot be had: ${messageOf(error).trim()}`,
          { hint: 'See whether kubectl works with this context.', cause: error },
        );
      }
    },
    forget() {
      known = undefined;
      // The file may have been written anew; and a plugin's token is kept by who asked for it.
      ask = undefined;
    },
  };
}

function credentialsOf(context: KubeconfigContext): () => Promise<Credentials> {
  return isPlainUser(context.user) ? () => plainCredentials(context) : openPluginCredentials(context);
}
