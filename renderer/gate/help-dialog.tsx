/** Help: whom to ask, the request to record, and the technician's way in. */
import { useEffect, useState } from 'react';
import type { PlainKey } from '../../shared/i18n/strings.ts';
import type { GateState } from '../../shared/ipc/gate.ts';
import { ContactDetails } from '../components/contact-details.tsx';
import { Dialog } from '../components/dialog.tsx';
import { LanguageSwitch } from '../components/language-switch.tsx';
import { useTranslator } from '../i18n/translator-context.tsx';
import { BreakGlass } from './break-glass.tsx';
import type { GateModel } from './gate-model.ts';

type Request = 'sending' | 'recorded' | 'failed';

const words: Readonly<Record<Request, PlainKey>> = {
  sending: 'gate.helpDialog.sending',
  recorded: 'gate.helpDialog.recorded',
  failed: 'gate.helpDialog.failed',
};

interface Props {
  readonly model: GateModel;
  readonly gate: GateState;
}

export function HelpDialog({ model, gate }: Props) {
  const { text, language } = useTranslator();
  const [request, setRequest] = useState<Request>('sending');
  // The language when the user asked; changing it later sends no new request.
  const [askedIn] = useState(language);

  useEffect(() => {
    let isOpen = true;
    const tell = (outcome: Request): void => {
      if (isOpen) setRequest(outcome);
    };
    model.calls.requestHelp({ language: askedIn }).then(
      ({ recorded }) => tell(recorded ? 'recorded' : 'failed'),
      () => tell('failed'),
    );
    return () => {
      isOpen = false;
    };
  }, [model, askedIn]);

  return (
    <Dialog
      title={text('gate.helpDialog.title')}
      onClose={model.closeDialog}
      initialFocusId="help-close"
      aside={<LanguageSwitch onChoose={model.chooseLanguage} />}
    >
      <p>{text('gate.helpDialog.intro')}</p>
      <ContactDetails contact={gate.contact} layout="rows" />
      <p role="status" className={request === 'recorded' ? 'mark mark-good' : 'quiet'}>
        {text(words[request])}
      </p>
      {gate.breakGlassAvailable ? <BreakGlass model={model} /> : null}
      <div className="buttons">
        <button type="button" id="help-close" className="button button-primary" onClick={model.closeDialog}>
          {text('common.close')}
        </button>
      </div>
    </Dialog>
  );
}
