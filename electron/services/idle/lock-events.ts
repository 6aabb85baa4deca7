/** Words what the idle lock did as the event that reports it. */
import type { Account, Machine } from '../../../shared/wire/account.ts';
import type { EventData } from '../../../shared/wire/events.ts';
import type { NewEvent } from '../../storage/outbox/outbox.ts';

export interface EventParties {
  readonly subject: string;
  readonly account: Account;
  readonly machine: Machine;
}

type Cause = EventData<'porthor.workstation.locked.v1'>['cause'];

export type LockOutcome =
  | {
      readonly kind: 'locked';
      readonly cause: Cause;
      readonly certainty: 'confirmed' | 'requested';
      readonly attempts: number;
    }
  | {
      readonly kind: 'lock-failed';
      readonly cause: Cause;
      readonly attempts: number;
      readonly reason: string;
    };

export function signedOutEvent(
  signOutAfterSeconds: number,
  { subject, account, machine }: EventParties,
): NewEvent {
  return {
    type: 'porthor.workstation.signed-out.v1',
    subject,
    data: { cause: 'idle', signOutAfterSeconds, account, machine },
  };
}

export function lockEvent(outcome: LockOutcome, { subject, account, machine }: EventParties): NewEvent {
  const { cause, attempts } = outcome;
  return outcome.kind === 'locked'
    ? {
        type: 'porthor.workstation.locked.v1',
        subject,
        data: { cause, certainty: outcome.certainty, attempts, account, machine },
      }
    : {
        type: 'porthor.workstation.lock-failed.v1',
        subject,
        data: { cause, attempts, reason: outcome.reason.slice(0, 1000), account, machine },
      };
}
