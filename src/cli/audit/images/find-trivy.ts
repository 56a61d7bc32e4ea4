import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';

/** The first `trivy` on PATH that can be run; relative folders of PATH count for nothing, as the files to judge may lie there. */
export async function findTrivy(path: string | undefined): Promise<string | undefined> {
  const candidates = (path ?? '')
    .split(delimiter)
    .filter(isAbsolute)
    .map((folder) => join(folder, process.platform === 'win32' ? 'trivy.exe' : 'trivy'));
  const runnable = await Promise.all(
    candidates.map((file) =>
      access(file, constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  );
  return candidates.find((_, index) => runnable[index]);
}
