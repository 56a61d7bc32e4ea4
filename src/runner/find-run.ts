import { SluiceError } from '../api/errors.ts';
import type { RunRef, RunStore } from '../store/port.ts';

/** The run of a name; without a namespace the name must stand in one namespace only. */
export async function findRun(store: RunStore, name: string, namespace: string | undefined): Promise<RunRef> {
  const [inName, ...rest] = name.split('/');
  const wanted = rest.length === 0 ? { namespace, name } : { namespace: inName, name: rest.join('/') };
  const runs = await store.list();
  const found = runs.filter(
    ({ ref }) =>
      ref.name === wanted.name && (wanted.namespace === undefined || ref.namespace === wanted.namespace),
  );
  const [only, another] = found;
  if (only === undefined) {
    const names = runs.slice(0, 10).map(({ ref }) => `${ref.namespace}/${ref.name}`);
    throw new SluiceError('invalid', 'NoSuchRun', `can't find workflowrun ${name}`, {
      hint: names.length === 0 ? 'there is no run yet: sluice run FILE' : `there are: ${names.join(', ')}`,
    });
  }
  if (another !== undefined) {
    const where = found.map(({ ref }) => ref.namespace).join(', ');
    throw new SluiceError('invalid', 'AmbiguousRun', `${name} stands in several namespaces: ${where}`, {
      hint: 'say which with -n NAMESPACE',
    });
  }
  return only.ref;
}
