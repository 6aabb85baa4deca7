/** The narrow column: whose computer this is, the language, whom to ask, and help. It is always on the screen. */
import type { GateState } from '../../shared/ipc/gate.ts';
import { ContactDetails } from '../components/contact-details.tsx';
import { Crest } from '../components/crest.tsx';
import { LanguageSwitch } from '../components/language-switch.tsx';
import { useTranslator } from '../i18n/translator-context.tsx';
import type { GateModel } from './gate-model.ts';

interface Props {
  readonly model: GateModel;
  readonly gate: GateState;
}

export function Rail({ model, gate }: Props) {
  const { text } = useTranslator();
  return (
    <header className="rail">
      <div className="rail-school">
        <Crest siteName={gate.siteName} />
        <p className="site-name">{gate.siteName === '' ? text('common.yourSchool') : gate.siteName}</p>
      </div>
      <LanguageSwitch onChoose={model.chooseLanguage} />
      <div className="rail-contact">
        <h2>{text('contact.heading')}</h2>
        <ContactDetails contact={gate.contact} layout="stacked" />
      </div>
      <button type="button" className="button button-rail" onClick={() => model.openDialog('help')}>
        {text('gate.help')}
      </button>
    </header>
  );
}
