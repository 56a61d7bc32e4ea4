import { isAbsolute, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CliIo } from '../io.ts';

type PathIo = Pick<CliIo, 'cwd' | 'env'>;

/**
 * A file as readers of reports look for it: relative to the checkout in GitHub Actions, else to the working directory, with
 * slashes. A file outside of it keeps its absolute path; standard input is `stdin`.
 */
export function reportedPath(name: string, io: PathIo): string {
  if (name === '-') return 'stdin';
  const path = resolve(io.cwd, name);
  const inside = relative(checkout(io), path);
  const isOutside = inside === '' || inside.startsWith(`..${sep}`) || inside === '..' || isAbsolute(inside);
  return (isOutside ? path : inside).split(sep).join('/');
}

/** The same as a URI reference of a SARIF log. */
export function reportedUri(name: string, io: PathIo): string {
  const path = reportedPath(name, io);
  if (isAbsolute(path)) return pathToFileURL(path).href;
  const uri = path.split('/').map(encodeURIComponent).join('/');
  // A first segment with a colon would read as a scheme; encodeURIComponent has written it as %3A.
  return uri;
}

function checkout({ cwd, env }: PathIo): string {
  const { GITHUB_ACTIONS: isGithub, GITHUB_WORKSPACE: workspace } = env;
  if (isGithub !== 'true' || workspace === undefined || workspace === '') return cwd;
  const inside = relative(workspace, cwd);
  return inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside) ? cwd : workspace;
}
