/** Whom to ask, as text: there is no mail program or telephone behind a gate. */
import type { Contact } from '../../shared/ipc/common.ts';
import { useTranslator } from '../i18n/translator-context.tsx';

const labels = [
  ['name', 'contact.name'],
  ['phone', 'contact.phone'],
  ['email', 'contact.email'],
  ['place', 'contact.place'],
] as const;

export function ContactDetails({ contact }: { readonly contact: Contact }) {
  const { text } = useTranslator();
  const known = labels.filter(([field]) => contact[field] !== '');
  if (known.length === 0) return <p className="contact">{text('contact.none')}</p>;
  return (
    <dl className="contact">
      {known.map(([field, label]) => (
        <div key={field}>
          <dt>{text(label)}</dt>
          <dd>{contact[field]}</dd>
        </div>
      ))}
    </dl>
  );
}
