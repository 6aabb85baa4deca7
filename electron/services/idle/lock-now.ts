/** *Lock now* from the tray: reports the outcome, and shows a refusal to the user. */
import { createTranslator } from '../../../shared/i18n/translator.ts';
import type { Language } from '../../../shared/lib/language.ts';
import type { LockPort } from '../../platform/lock/lock-port.ts';
import type { Reports } from '../reporting/reports.ts';
import { type EventParties, type LockOutcome, lockEvent } from './lock-events.ts';

interface Options {
  readonly lock: LockPort;
  /** Undefined while the account is not known, and then nothing is reported. */
  readonly parties: () => EventParties | undefined;
  readonly report: Reports['report'];
  readonly language: () => Language;
  readonly showError: (title: string, text: string) => void;
  readonly log: (line: string) => void;
}

export function createLockNow(options: Options): () => Promise<void> {
  const reportLock = (outcome: LockOutcome) => {
    const named = options.parties();
    if (named !== undefined) void options.report(lockEvent(outcome, named));
  };
  return async () => {
    const asked = { cause: 'asked', attempts: 1 } as const;
    const locked = await options.lock.lock();
    if (locked.ok) {
      reportLock({ kind: 'locked', certainty: locked.value, ...asked });
      return;
    }
    reportLock({ kind: 'lock-failed', reason: locked.error.reason, ...asked });
    options.log(`lock: ${locked.error.kind}: ${locked.error.reason}`);
    const words = createTranslator(options.language());
    options.showError(words.text('tray.lockFailed.title'), words.text('tray.lockFailed.body'));
  };
}
