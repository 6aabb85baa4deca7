/** For a user with unsaved work behind the gate: what a sign-out costs, and the lock that keeps it. */
import { useState } from 'react';
import { StatusLine } from '../components/status-line.tsx';
import { useTranslator } from '../i18n/translator-context.tsx';
import type { GateModel } from './gate-model.ts';

/** What a sign-out costs: part of the description of the dialog. */
export const lockInsteadId = 'decline-work';

export function LockInstead({ model }: { readonly model: GateModel }) {
  const { text } = useTranslator();
  const [hasFailed, setFailed] = useState(false);
  const lock = (): void => {
    setFailed(false);
    model.calls.leaveUnanswered({ how: 'lock' }).then(
      ({ left }) => {
        if (left) model.closeDialog();
        else setFailed(true);
      },
      () => setFailed(true),
    );
  };
  return (
    <>
      <p id={lockInsteadId}>{text('gate.decline.work')}</p>
      <p>
        <button type="button" className="button button-small" onClick={lock}>
          {text('gate.leave.lock')}
        </button>
      </p>
      <StatusLine className="message">{hasFailed ? text('gate.helpDialog.leaveFailed') : ''}</StatusLine>
    </>
  );
}
