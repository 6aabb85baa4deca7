/** What a user can read out to the person who helps: a plain sentence with its code, then the technical reason. */
import { useTranslator } from '../i18n/translator-context.tsx';
import { plainFault } from './plain-fault.ts';

export function FaultDetail({ detail }: { readonly detail: string }) {
  const { text } = useTranslator();
  if (detail === '') return null;
  const plain = plainFault(detail);
  return (
    <p className="quiet">
      {text('gate.notice.detail')} {plain === undefined ? null : <strong>{text(plain)}</strong>}{' '}
      <span lang="en-GB">{detail}</span>
    </p>
  );
}
