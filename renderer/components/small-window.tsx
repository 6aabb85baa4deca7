/** The frame of the small windows that the tray opens: school, language, heading, content, contact, Close. */
import { type ReactNode, useEffect } from 'react';
import type { Contact } from '../../shared/ipc/common.ts';
import type { Language } from '../../shared/lib/language.ts';
import { useDocumentTitle, useTranslator } from '../i18n/translator-context.tsx';
import { ContactDetails } from './contact-details.tsx';
import { Crest } from './crest.tsx';
import { LanguageSwitch } from './language-switch.tsx';

interface Props {
  readonly title: string;
  readonly siteName: string;
  readonly contact: Contact;
  readonly onLanguage: (language: Language) => void;
  readonly onClose: () => void;
  /** Pinned beside *Close* at the bottom edge. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

export function SmallWindow({ title, siteName, contact, onLanguage, onClose, actions, children }: Props) {
  const { text } = useTranslator();
  useDocumentTitle(title);
  useEffect(() => {
    const closeOnEscape = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') onClose();
    };
    window.addEventListener('keydown', closeOnEscape);
    return () => window.removeEventListener('keydown', closeOnEscape);
  }, [onClose]);
  return (
    <div className="small-window">
      <header>
        <Crest siteName={siteName} />
        <p className="site-name">{siteName === '' ? text('common.yourSchool') : siteName}</p>
        <LanguageSwitch onChoose={onLanguage} />
      </header>
      <main>
        <h1>{title}</h1>
        {children}
        <section aria-labelledby="contact-heading">
          <h2 id="contact-heading">{text('contact.heading')}</h2>
          <ContactDetails contact={contact} layout="rows" />
        </section>
      </main>
      <footer>
        {actions}
        <button type="button" className="button" onClick={onClose}>
          {text('common.close')}
        </button>
      </footer>
    </div>
  );
}
