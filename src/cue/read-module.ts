import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { zstdDecompress } from 'node:zlib';

// Room for the module at once: growing buffer by buffer doubles the time.
const chunkSize = 24 * 1024 * 1024;

/** Unpacks the module off this thread, while a worker starts: both take as long. */
export async function readModule(file: string): Promise<Uint8Array<ArrayBuffer>> {
  return promisify(zstdDecompress)(await readFile(new URL(file)), { chunkSize });
}
