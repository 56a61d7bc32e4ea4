import { SluiceError } from '../api/errors.ts';
import type { EvidenceItem } from '../evidence/item.ts';
import { readInputFile } from './input-files.ts';
import type { CliIo } from './io.ts';

/** The files of `--evidence` as evidence; `-` is standard input. Throws `invalid` for what is no text. */
export async function readEvidence(
  names: readonly string[],
  io: Pick<CliIo, 'cwd' | 'readStdin'>,
): Promise<readonly EvidenceItem[]> {
  const items: EvidenceItem[] = [];
  for (const name of new Set(names)) {
    const { bytes } = await readInputFile(name, io);
    items.push({
      kind: kindOf(name),
      ref: `file ${name === '-' ? 'stdin' : name}`,
      text: decode(name, bytes),
    });
  }
  return items;
}

function kindOf(name: string): EvidenceItem['kind'] {
  if (/\.log(?:\.\d+)?$/.test(name)) return 'log';
  if (/\.(?:diff|patch)$/.test(name)) return 'change';
  return /\.(?:prom|metrics)$/.test(name) ? 'metrics' : 'text';
}

function decode(name: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new SluiceError('invalid', 'NoText', `cannot use ${name} as evidence: it is no UTF-8 text`, {
      cause,
    });
  }
}
