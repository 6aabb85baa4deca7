/** A search field that asks once the person pauses. */
import { useEffect, useRef, useState } from 'react';
import { TextField } from './text-field.tsx';

/** Long enough that one word is one question. */
const pauseMs = 300;

interface Props {
  readonly label: string;
  readonly value: string;
  onSearch(value: string): void;
}

export function SearchField({ label, value, onSearch }: Props) {
  const [typed, setTyped] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  // An outside change, such as a cleared filter, replaces what was typed.
  useEffect(() => setTyped(value), [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <TextField
      label={label}
      type="search"
      value={typed}
      maxLength={100}
      onChange={(next) => {
        setTyped(next);
        clearTimeout(timer.current);
        timer.current = setTimeout(() => onSearch(next), pauseMs);
      }}
    />
  );
}
