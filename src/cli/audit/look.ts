import {
  auditCluster,
  auditObjectOf,
  notJudgedAlone,
  type ClusterAudit,
} from '../../analyze/audit-cluster.ts';
import { auditObjects, type SetAudit } from '../../analyze/audit-set.ts';
import type { FindingObject } from '../../analyze/finding.ts';
import { textAt } from '../../analyze/json-fields.ts';
import { SluiceError } from '../../api/errors.ts';
import type { ReadOnlyCluster } from '../../cluster/port.ts';
import { placesOf, readGivenObjects } from '../analyze/given-objects.ts';
import type { CommandContext, SessionFlags } from '../command-context.ts';
import { withPlaceOf } from '../diagnose/open-place.ts';
import { readReadableFiles } from '../input-files.ts';
import { printFaults } from '../print-faults.ts';
import type { Audited } from './audited.ts';
import { isWanted, noSuchObject, readWanted, type WantedObject } from './wanted-object.ts';

export interface LookFlags extends SessionFlags {
  readonly file?: readonly string[];
  readonly namespace?: string;
  readonly allNamespaces?: boolean;
}

/** Judges the files, one object, or a whole place of the cluster or of the local in-memory one, as the words and flags say. */
export async function look(
  name: string | undefined,
  flags: LookFlags,
  context: CommandContext,
): Promise<Audited> {
  const wanted = name === undefined ? undefined : readWanted(name);
  if (flags.file !== undefined) return lookAtFiles(flags.file, wanted, flags, context);
  if (wanted === undefined && flags.namespace === undefined && flags.allNamespaces !== true)
    throw new SluiceError('invalid', 'NothingToAudit', 'nothing was named that could be audited', {
      hint: 'Name an object (deploy/web), files (-f DIR), a namespace (-n NAME), or -A for the whole cluster.',
    });
  const judge = async (cluster: ReadOnlyCluster): Promise<ClusterAudit> =>
    wanted === undefined
      ? auditCluster(cluster, flags.namespace)
      : auditWanted(cluster, wanted, flags.namespace ?? 'default');
  const audit = await withPlaceOf(flags, context, ({ cluster }) => judge(cluster));
  return { ...audit, placeOf: () => undefined, isWhole: true };
}

async function auditWanted(
  cluster: ReadOnlyCluster,
  wanted: WantedObject,
  namespace: string,
): Promise<ClusterAudit> {
  const { apiVersion, kind, name, namespaced } = wanted;
  const object = await cluster.get({ apiVersion, kind, name, ...(namespaced ? { namespace } : {}) });
  if (object === undefined) throw noSuchObject(wanted, namespace);
  return auditObjectOf(cluster, object);
}

async function lookAtFiles(
  names: readonly string[],
  wanted: WantedObject | undefined,
  { namespace }: LookFlags,
  context: CommandContext,
): Promise<Audited> {
  const { files, faults: unread } = await readReadableFiles(names, context.io);
  const { given, faults } = readGivenObjects(files, namespace);
  // Without the lines that are at fault: they may be those of a Secret.
  const isWhole = printFaults(context, [...unread, ...faults], [], 'stderr');
  const objects = given.map(({ object }) => object);
  const [only, ...others] = objects;
  const audit = auditObjects(objects);
  const isChosen = (object: FindingObject): boolean =>
    (wanted === undefined || isWanted(wanted, object)) &&
    (namespace === undefined || object.namespace === undefined || object.namespace === namespace);
  const chosen = onlyOf(audit, isChosen);
  const isThere = chosen.objects.length + chosen.notCovered.length > 0;
  if (wanted !== undefined && isWhole && !isThere) throw noSuchObject(wanted, namespace);
  return {
    ...chosen,
    given: objects.filter((object) => textAt(object, 'kind') !== ''),
    notJudged: only !== undefined && others.length === 0 ? notJudgedAlone(only) : [],
    builtInRoles: 0,
    placeOf: placesOf(given),
    isWhole,
  };
}

function onlyOf(audit: SetAudit, isChosen: (object: FindingObject) => boolean): SetAudit {
  return {
    objects: audit.objects.filter(isChosen),
    findings: audit.findings.filter(({ object }) => isChosen(object)),
    notCovered: audit.notCovered.filter(isChosen),
  };
}
