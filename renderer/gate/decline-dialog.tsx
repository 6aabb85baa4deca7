/** The second step of declining: its consequences, and a safe way back. */
import type { PlainKey } from '../../shared/i18n/strings.ts';
import type { GateState } from '../../shared/ipc/gate.ts';
import { ContactDetails } from '../components/contact-details.tsx';
import { Dialog } from '../components/dialog.tsx';
import { LanguageSwitch } from '../components/language-switch.tsx';
import { useTranslator } from '../i18n/translator-context.tsx';
import type { GateModel } from './gate-model.ts';
import { LockInstead, lockInsteadId } from './lock-instead.tsx';

const words: Readonly<Record<GateState['onDecline'], { consequence: PlainKey; confirm: PlainKey }>> = {
  'sign-out': { consequence: 'gate.declineDialog.signOut', confirm: 'gate.declineDialog.confirmSignOut' },
  lock: { consequence: 'gate.declineDialog.lock', confirm: 'gate.declineDialog.confirmLock' },
  nothing: { consequence: 'gate.declineDialog.nothing', confirm: 'gate.declineDialog.confirmNothing' },
};

interface Props {
  readonly model: GateModel;
  readonly gate: GateState;
}

export function DeclineDialog({ model, gate }: Props) {
  const { text, counted } = useTranslator();
  const { consequence, confirm } = words[gate.onDecline];
  const losesWork = gate.isOverWork && gate.onDecline === 'sign-out';
  return (
    <Dialog
      title={text('gate.declineDialog.title')}
      onClose={model.closeDialog}
      initialFocusId="decline-go-back"
      describedBy={['decline-what', ...(losesWork ? [lockInsteadId] : []), 'decline-recorded']}
      aside={<LanguageSwitch onChoose={model.chooseLanguage} />}
      actions={
        <>
          <button
            type="button"
            id="decline-go-back"
            className="button button-primary"
            onClick={model.closeDialog}
          >
            {text('common.goBack')}
          </button>
          <button type="button" className="button button-danger" onClick={model.decline}>
            {text(confirm)}
          </button>
        </>
      }
    >
      <p id="decline-what">
        {text(consequence, { time: counted('common.seconds', gate.declineCountdownSeconds) })}
      </p>
      {losesWork ? <LockInstead model={model} /> : null}
      <p id="decline-recorded">{text('gate.declineDialog.recorded')}</p>
      <h3>{text('contact.heading')}</h3>
      <ContactDetails contact={gate.contact} layout="rows" />
    </Dialog>
  );
}
