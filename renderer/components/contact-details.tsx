/** Whom to ask, as text: there is no mail program or telephone behind a gate. */
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
  /** `stacked`: each label above its value, for a narrow place; `rows`: beside it. */
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

/** A long address breaks where a reader would break it. */
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
