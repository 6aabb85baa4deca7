/** Help: whom to ask, a request that is recorded only when the user means it, ways out, and the technician's way in. */
import { useState } from 'react';
import type { PlainKey } from '../../shared/i18n/strings.ts';
import type { GateState } from '../../shared/ipc/gate.ts';
import { ContactDetails } from '../components/contact-details.tsx';
import { Dialog } from '../components/dialog.tsx';
import { LanguageSwitch } from '../components/language-switch.tsx';
import { StatusLine } from '../components/status-line.tsx';
import { useTranslator } from '../i18n/translator-context.tsx';
import { BreakGlass } from './break-glass.tsx';
import type { GateModel } from './gate-model.ts';

type Request = 'not-asked' | 'sending' | 'recorded' | 'failed';

const words: Readonly<Record<Exclude<Request, 'not-asked'>, PlainKey>> = {
  sending: 'gate.helpDialog.sending',
  recorded: 'gate.helpDialog.recorded',
  failed: 'gate.helpDialog.failed',
};

const looks: Readonly<Record<Request, string | undefined>> = {
  'not-asked': undefined,
  sending: 'quiet',
  recorded: 'mark mark-good',
  failed: 'message',
};

interface Props {
  readonly model: GateModel;
  readonly gate: GateState;
}

export function HelpDialog({ model, gate }: Props) {
  const { text, language } = useTranslator();
  const [request, setRequest] = useState<Request>('not-asked');

  /** Records nothing until the user has read what it does and pressed the button. */
  const ask = (): void => {
    if (request === 'sending' || request === 'recorded') return;
    setRequest('sending');
    model.calls.requestHelp({ language }).then(
      ({ recorded }) => setRequest(recorded ? 'recorded' : 'failed'),
      () => setRequest('failed'),
    );
  };

  return (
    <Dialog
      title={text('gate.helpDialog.title')}
      onClose={model.closeDialog}
      initialFocusId="help-close"
      describedBy={['help-intro', 'help-ask-note']}
      aside={<LanguageSwitch onChoose={model.chooseLanguage} />}
      actions={
        <>
          <button
            type="button"
            className="button button-primary"
            aria-describedby="help-ask-note"
            aria-disabled={request === 'sending' || request === 'recorded'}
            onClick={ask}
          >
            {text('gate.helpDialog.ask')}
          </button>
          {/* Takes focus first: an early Enter records nothing. */}
          <button type="button" id="help-close" className="button" onClick={model.closeDialog}>
            {text('common.close')}
          </button>
        </>
      }
    >
      <p id="help-intro">{text('gate.helpDialog.intro')}</p>
      <p id="help-ask-note">{text('gate.helpDialog.askNote')}</p>
      <StatusLine className={looks[request]}>
        {request === 'not-asked' ? '' : text(words[request])}
      </StatusLine>
      <p>{text('gate.helpDialog.quickest')}</p>
      <ContactDetails contact={gate.contact} layout="rows" />
      <WaysOut model={model} />
      {gate.breakGlassAvailable ? <BreakGlass model={model} /> : null}
    </Dialog>
  );
}

function WaysOut({ model }: { readonly model: GateModel }) {
  const { text } = useTranslator();
  const [hasFailed, setFailed] = useState(false);
  const leave = (how: 'lock' | 'sign-out') => (): void => {
    setFailed(false);
    model.calls.leaveUnanswered({ how }).then(
      ({ left }) => setFailed(!left),
      () => setFailed(true),
    );
  };
  return (
    <>
      <h3>{text('gate.helpDialog.leave')}</h3>
      <p className="quiet">{text('gate.helpDialog.leaveNote')}</p>
      <div className="buttons">
        <button type="button" className="button button-small" onClick={leave('lock')}>
          {text('gate.leave.lock')}
        </button>
        <button type="button" className="button button-small" onClick={leave('sign-out')}>
          {text('gate.leave.signOut')}
        </button>
      </div>
      <StatusLine className="message">{hasFailed ? text('gate.helpDialog.leaveFailed') : ''}</StatusLine>
    </>
  );
}
