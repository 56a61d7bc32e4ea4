import type { PodSet, SetClaim, SetPod } from './pod-set.ts';
import type { SetMoment } from './set-moment.ts';

/** One thing that a controller does. */
export type SetAction =
  | {
      readonly kind: 'create';
      readonly name: string;
      readonly ordinal: number;
      readonly revision: string;
      /** Those that the Pod needs and that there are not yet. */
      readonly claims: readonly SetClaim[];
    }
  | { readonly kind: 'delete'; readonly pod: SetPod; readonly claims: readonly SetClaim[] }
  /** All Pods have the revision of the spec. */
  | { readonly kind: 'complete' };

/** The rules of one kind. */
export interface SetRules {
  readonly kind: PodSet['kind'];
  readonly component: string;
  /** The next thing to do at this moment; undefined: nothing. */
  nextAction(moment: SetMoment): SetAction | undefined;
  createdMessage(podName: string, setName: string): string;
  deletedMessage(podName: string, setName: string): string;
}
