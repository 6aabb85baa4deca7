/** A new password: long enough, and shown on request, so that it is typed once. */
import { useId, useState } from 'react';
import { shortestPassword } from '../../../shared/console/access.ts';
import { useWords } from '../words/words-context.tsx';
import { TextField } from './text-field.tsx';

interface NewPassword {
  readonly id: string;
  readonly value: string;
  readonly isTooShort: boolean;
  setValue(value: string): void;
  /** Whether the password may be sent. Else the field says why, and takes focus. */
  check(): boolean;
}

export function useNewPassword(): NewPassword {
  const id = useId();
  const [value, setValue] = useState('');
  const [isTooShort, setTooShort] = useState(false);
  return {
    id,
    value,
    isTooShort,
    setValue,
    check: () => {
      const isGood = value.length >= shortestPassword;
      setTooShort(!isGood);
      if (!isGood) document.getElementById(id)?.focus();
      return isGood;
    },
  };
}

export function NewPasswordField({ password }: { readonly password: NewPassword }) {
  const { text } = useWords();
  const [isShown, setShown] = useState(false);
  const length = String(shortestPassword);
  return (
    <>
      <TextField
        id={password.id}
        label={text('console.newPassword')}
        hint={text('console.newPassword.hint', { length })}
        error={password.isTooShort ? text('console.newPassword.tooShort', { length }) : ''}
        type={isShown ? 'text' : 'password'}
        value={password.value}
        onChange={password.setValue}
        autoComplete="new-password"
        maxLength={200}
      />
      <label className="show-password">
        <input type="checkbox" checked={isShown} onChange={(event) => setShown(event.target.checked)} />
        {text('console.showPassword')}
      </label>
    </>
  );
}
