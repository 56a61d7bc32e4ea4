import { stringifyJson } from '../../api/json.ts';
import { digestOf } from '../digest.ts';
import { verdictVersion, type Verdict } from '../verdict.ts';
import { readStrictJson } from '../strict-json.ts';
import { isObject, type Json } from '../../api/json.ts';

const bounds = { maxBytes: 4 * 1024 * 1024, maxDepth: 64 };

/** The verdict for audit, with the digest of its own content, so that a changed copy shows. */
export function verdictJson(verdict: Verdict): string {
  return `${stringifyJson({ digest: digestOf(verdict), verdict }, 2)}\n`;
}

export type ReadVerdict =
  | { readonly ok: true; readonly verdict: Verdict; readonly digest: string }
  | { readonly ok: false; readonly message: string };

/** Reads what `verdictJson` wrote. The digest guards against a copy that was cut or edited by mistake; it is no signature. */
export function readVerdictJson(text: string): ReadVerdict {
  const json = readStrictJson(text, bounds);
  if (!json.ok) return { ok: false, message: `the verdict cannot be read: ${json.message}` };
  const { digest, verdict } = isObject(json.value) ? json.value : ({} as { readonly [key: string]: Json });
  if (!isObject(verdict) || verdict['version'] !== verdictVersion)
    return { ok: false, message: `this is no verdict of ${verdictVersion}` };
  if (typeof digest !== 'string' || digestOf(verdict) !== digest)
    return { ok: false, message: 'the verdict was changed: its digest is another' };
  return { ok: true, verdict: verdict as unknown as Verdict, digest };
}
