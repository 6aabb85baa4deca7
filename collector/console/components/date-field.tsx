/** Day, month and year in three fields, in this order in every browser. */
import { useEffect, useId, useRef, useState } from 'react';
import { type DateProblem, readTypedDate, typeDate } from '../words/typed-date.ts';
import { useWords } from '../words/words-context.tsx';

const parts = [
  ['day', 'console.day'],
  ['month', 'console.month'],
  ['year', 'console.year'],
] as const;

interface Props {
  readonly label: string;
  /** `YYYY-MM-DD`, or empty. */
  readonly value: string;
  /** Called when the person leaves the fields, with a real date or with an empty text. */
  onChange(value: string): void;
}

export function DateField({ label, value, onChange }: Props) {
  const { text } = useWords();
  const id = useId();
  const group = useRef<HTMLFieldSetElement>(null);
  const [typed, setTyped] = useState(() => typeDate(value));
  const [problem, setProblem] = useState<DateProblem>();
  // An outside change, such as a cleared filter, replaces what was typed.
  useEffect(() => {
    setTyped(typeDate(value));
    setProblem(undefined);
  }, [value]);
  const finish = () => {
    const read = readTypedDate(typed);
    setProblem('problem' in read ? read.problem : undefined);
    if ('iso' in read && read.iso !== value) onChange(read.iso);
  };
  return (
    <fieldset
      ref={group}
      className={problem === undefined ? 'answer date' : 'answer date answer-missing'}
      onBlur={(event) => {
        if (!(event.relatedTarget instanceof Node) || group.current?.contains(event.relatedTarget) !== true) {
          finish();
        }
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter') finish();
      }}
    >
      <legend className="field-label">{label}</legend>
      {problem === undefined ? null : (
        <p className="message" id={`${id}-error`} role="alert">
          {text(problem === 'none' ? 'console.date.none' : 'console.date.incomplete')}
        </p>
      )}
      <div className="date-parts">
        {parts.map(([part, name]) => (
          <label key={part}>
            <span>{text(name)}</span>
            <input
              className="field"
              inputMode="numeric"
              autoComplete="off"
              maxLength={part === 'year' ? 4 : 2}
              value={typed[part]}
              aria-invalid={problem === undefined ? undefined : true}
              aria-describedby={problem === undefined ? undefined : `${id}-error`}
              onChange={(event) => setTyped({ ...typed, [part]: event.target.value })}
            />
          </label>
        ))}
      </div>
    </fieldset>
  );
}
