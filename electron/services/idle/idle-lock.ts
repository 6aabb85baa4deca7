/** The idle lock of this PC: the school's limits, the system's sensors, and a report of everything that it does. */
import type { ManagedConfig } from '../../../shared/config/managed-config.ts';
import type { NewEvent } from '../../storage/outbox/outbox.ts';
import type { SettingsStore } from '../../storage/settings/settings.ts';
import { createIdleService, type IdlePorts, type IdleService } from './idle-service.ts';
import { type EventParties, type LockOutcome, lockEvent, signedOutEvent } from './lock-events.ts';

interface Options
  extends Pick<IdlePorts, 'clock' | 'idle' | 'presence' | 'session' | 'lock' | 'isGateShut' | 'onFault'> {
  /** Hold until this idle lock stops. */
  readonly limits: ManagedConfig['idle'];
  /** The cards that carry the warning. */
  readonly warning: { show(): void; hide(): void };
  /** Undefined until the records of this PC are open. */
  readonly settings: () => SettingsStore | undefined;
  /** The account and the PC that reports name. Undefined while the account is not known, and then nothing is reported. */
  readonly parties: () => EventParties | undefined;
  readonly report: (event: NewEvent) => Promise<unknown>;
  readonly log: (line: string) => void;
}

export function createIdleLock(options: Options): IdleService {
  const { limits, warning, parties, report, log } = options;

  const reportLock = (outcome: LockOutcome) => {
    log(`idle: ${outcome.kind}: ${JSON.stringify(outcome)}`);
    const named = parties();
    if (named !== undefined) void report(lockEvent(outcome, named));
  };

  return createIdleService(
    {
      clock: options.clock,
      idle: options.idle,
      presence: options.presence,
      session: options.session,
      lock: options.lock,
      isGateShut: options.isGateShut,
      showWarning: (purpose) => {
        log(`idle: warning: ${purpose}`);
        warning.show();
      },
      hideWarning: () => {
        log('idle: warning gone');
        warning.hide();
      },
      reportLocked: (cause, certainty, attempts) =>
        reportLock({ kind: 'locked', cause, certainty, attempts }),
      reportLockFailed: (cause, attempts, reason) =>
        reportLock({ kind: 'lock-failed', cause, attempts, reason }),
      reportSignedOut: async () => {
        log('idle: signing out');
        const named = parties();
        if (named !== undefined) await report(signedOutEvent(limits.signOutAfterSeconds, named));
      },
      onFault: options.onFault,
      noteAwake: (isLocked) => log(`idle: awake: ${isLocked ? 'locked' : 'not locked'}`),
      loadSensorRecord: () => options.settings()?.current().idleSensor,
      saveSensorRecord: (idleSensor) => {
        void options.settings()?.update((current) => ({ ...current, idleSensor }));
      },
    },
    {
      lockAfterSeconds: limits.lockAfterSeconds,
      warningSeconds: limits.warningSeconds,
      holdCeilingSeconds: limits.whilePresenting === 'wait' ? limits.presentingCeilingSeconds : 0,
      signOutAfterSeconds: limits.signOutAfterSeconds,
    },
  );
}
