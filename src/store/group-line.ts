import type { RunPhase } from '../api/status.ts';
import type { RunRef } from './port.ts';

/** A run that has asked to be let into a concurrency group. */
export interface GroupMember {
  readonly id: string;
  readonly ref: RunRef;
  /** A live process runs it. */
  readonly isLive: boolean;
  /** It was let in. */
  readonly hasBegun: boolean;
  readonly phase: RunPhase;
  readonly finished: boolean;
}

/**
 * The runs before one in its group: those at work, then those that asked earlier. Empty when it may go on. A run whose process
 * died holds nothing; one that waits for a person does, wherever its process is. `members` are in the order in which they asked.
 */
export function aheadInGroup(members: readonly GroupMember[], id: string): readonly GroupMember[] {
  const at = members.findIndex((member) => member.id === id);
  const holders = members.filter((member, index) => index !== at && holds(member));
  const self = members[at];
  if (holders.length === 0 && self !== undefined && self.hasBegun && isHeld(self)) return [];
  return [
    ...holders,
    ...members.slice(0, Math.max(0, at)).filter(({ isLive, hasBegun }) => isLive && !hasBegun),
  ];
}

function holds(member: GroupMember): boolean {
  return member.hasBegun && (member.isLive || isHeld(member));
}

function isHeld({ finished, phase }: GroupMember): boolean {
  return !finished && phase === 'suspending';
}
