/** A labelled field with its hint and its error, which screen readers read with it. */
import { type InputHTMLAttributes, useId } from 'react';

interface Props extends Omit<InputHTMLAttributes<HTMLInputElement>, 'onChange' | 'className'> {
  readonly label: string;
  readonly hint?: string;
  /** Empty or absent where nothing is wrong. */
  readonly error?: string | undefined;
  onChange(value: string): void;
}

export function TextField({ label, hint, error = '', onChange, id: givenId, ...input }: Props) {
  const ownId = useId();
  const id = givenId ?? ownId;
  const described = [hint === undefined ? '' : `${id}-hint`, error === '' ? '' : `${id}-error`]
    .join(' ')
    .trim();
  return (
    <div className={error === '' ? 'answer' : 'answer answer-missing'}>
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      {hint === undefined ? null : (
        <p className="quiet hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error === '' ? null : (
        <p className="message" id={`${id}-error`}>
          {error}
        </p>
      )}
      <input
        {...input}
        id={id}
        className="field"
        aria-describedby={described === '' ? undefined : described}
        aria-invalid={error === '' ? undefined : true}
        onChange={(event) => onChange(event.target.value)}
      />
    </div>
  );
}
