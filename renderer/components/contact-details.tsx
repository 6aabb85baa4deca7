/** The school's contact as text, without links: behind a gate no mail program opens. */
import type { Contact } from '../../shared/ipc/common.ts';
import { useTranslator } from '../i18n/translator-context.tsx';

const labels = [
  ['name', 'contact.name'],
  ['phone', 'contact.phone'],
  ['email', 'contact.email'],
  ['place', 'contact.place'],
] as const;

interface Props {
  readonly contact: Contact;
  /** `stacked`: each label above its value, for a narrow column; `rows`: each label beside its value. */
  readonly layout: 'stacked' | 'rows';
}

export function ContactDetails({ contact, layout }: Props) {
  const { text } = useTranslator();
  const known = labels.filter(([field]) => contact[field] !== '');
  if (known.length === 0) return <p>{text('contact.none')}</p>;
  return (
    <dl className={layout === 'stacked' ? 'contact' : 'facts'}>
      {known.map(([field, label]) => (
        <div key={field}>
          <dt>{text(label)}</dt>
          <dd>{field === 'email' ? <Email address={contact.email} /> : contact[field]}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Lets a long address break after the @ sign. */
function Email({ address }: { readonly address: string }) {
  const at = address.indexOf('@') + 1;
  return (
    <>
      {address.slice(0, at)}
      <wbr />
      {address.slice(at)}
    </>
  );
}
