import type { NotChecked } from '../../analyze/cluster/analyze-cluster.ts';
import { counted } from '../render/fault-text.ts';

/** `Ingress: 2 objects not checked in full: cannot list secrets (Forbidden): …` */
export function notCheckedText({ analyzer, objects, verb, resource, reason, text }: NotChecked): string {
  if (reason === 'NotInstalled' && objects === undefined)
    return `${analyzer}: not installed: the cluster does not serve ${resource}`;
  const what = objects === undefined ? 'not checked' : `${counted(objects, 'object')} not checked in full`;
  return `${analyzer}: ${what}: cannot ${verb} ${resource} (${reason}): ${text}`;
}
