/** Something to copy as a whole: a command, a token, a code. */
import { useState } from 'react';
import { useWords } from '../words/words-context.tsx';

export function CopyLine({ label, value }: { readonly label: string; readonly value: string }) {
  const { text } = useWords();
  const [isCopied, setCopied] = useState(false);
  return (
    <div className="copy-line">
      <p className="field-label">{label}</p>
      <code className="address" dir="ltr">
        {value}
      </code>
      <button
        type="button"
        className="button button-small"
        onClick={() => void navigator.clipboard.writeText(value).then(() => setCopied(true))}
      >
        {text(isCopied ? 'console.copied' : 'console.copy')}
        <span className="visually-hidden">: {label}</span>
      </button>
    </div>
  );
}
