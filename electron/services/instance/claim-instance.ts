/** Makes this process the one agent of its login session, or finds out that there is one already. */
import type { OwnFolders } from '../../platform/own-folders/own-folders.ts';
import type { StorageFault } from '../../storage/storage-fault.ts';

export interface InstanceLock {
  /** The runtime keeps its files and its lock there from now on. */
  moveTo(folder: string): void;
  /** False where another process holds the lock; if that process is in this session, it has been notified. */
  request(): boolean;
}

export type InstanceClaim =
  /** `passedOver`: folders that another session or another PC holds. */
  | { readonly kind: 'claimed'; readonly passedOver: number }
  /** The agent of this session has been notified. */
  | { readonly kind: 'other-agent' }
  /** Every folder is held, and no agent of this session holds one. */
  | { readonly kind: 'refused' };

/**
 * A lock may be held by a process outside this session: the same account in another session, or a server that has not
 * let go of a dead PC's file. Such a lock keeps no agent of this session away.
 */
export function claimInstance({ folders, isAgentHere }: OwnFolders, lock: InstanceLock): InstanceClaim {
  // The agent of this session may have passed over a folder that is free by now, so look for it first.
  const held = folders.find(isAgentHere);
  const inOrder = held === undefined ? folders : [held, ...folders.filter((folder) => folder !== held)];
  for (const [passedOver, folder] of inOrder.entries()) {
    lock.moveTo(folder);
    if (lock.request()) return { kind: 'claimed', passedOver };
    if (isAgentHere(folder)) return { kind: 'other-agent' };
  }
  return { kind: 'refused' };
}

/** Processes of other login sessions, or of other PCs, hold so many of the agent's locks. */
export function refusedLocks(count: number): StorageFault {
  return {
    fault: 'lock-refused',
    subject: `${count}`,
    reason:
      'An agent of another login session of this account, or a process that is not visible, holds the lock of the agent. This agent runs beside it.',
  };
}
