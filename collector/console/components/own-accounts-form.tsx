/** Asks a signatory which Windows accounts are theirs, because a signatory never countersigns their own acceptance. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { tell } from '../api/client.ts';
import { useWords } from '../words/words-context.tsx';
import { RefusalNotice } from './refusal-notice.tsx';

export const ownAccountsKey = ['own-windows-accounts'] as const;

interface Props {
  /** False where accounts were named before: then one can only be added. */
  readonly isFirst: boolean;
  onSaved(): void;
}

export function OwnAccountsForm({ isFirst, onSaved }: Props) {
  const { text } = useWords();
  const id = useId();
  const queries = useQueryClient();
  const [lines, setLines] = useState('');
  const [isMissing, setMissing] = useState(false);
  const save = useMutation({
    mutationFn: (add: readonly string[]) => tell('POST', '/api/own/windows-accounts', { add }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ownAccountsKey });
      await queries.invalidateQueries({ queryKey: ['/api/countersign'] });
      onSaved();
    },
  });
  const accounts = lines
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return (
    <form
      className="panel"
      onSubmit={(event) => {
        event.preventDefault();
        setMissing(accounts.length === 0);
        if (accounts.length === 0) document.getElementById(id)?.focus();
        else if (!save.isPending) save.mutate(accounts);
      }}
    >
      <h2>{text('console-countersign.accounts')}</h2>
      <p>{text('console-countersign.accounts.why')}</p>
      <RefusalNotice error={save.error} sentences={{ 400: text('console-countersign.accounts.bad') }} />
      <div className={isMissing ? 'answer answer-missing' : 'answer'}>
        <label className="field-label" htmlFor={id}>
          {text('console-countersign.accounts.field')}
        </label>
        <p className="quiet hint" id={`${id}-hint`}>
          {text('console-countersign.accounts.hint')}
        </p>
        {isMissing ? (
          <p className="message" id={`${id}-error`}>
            {text('console-countersign.accounts.empty')}
          </p>
        ) : null}
        <textarea
          id={id}
          className="field"
          rows={3}
          value={lines}
          spellCheck={false}
          autoCapitalize="none"
          aria-describedby={isMissing ? `${id}-hint ${id}-error` : `${id}-hint`}
          aria-invalid={isMissing ? true : undefined}
          onChange={(event) => setLines(event.target.value)}
        />
      </div>
      <div className="buttons">
        <button type="submit" className="button button-primary" aria-disabled={save.isPending}>
          {text('console-countersign.accounts.save')}
        </button>
        {isFirst ? (
          <button
            type="button"
            className="button"
            onClick={() => {
              if (!save.isPending) save.mutate([]);
            }}
          >
            {text('console-countersign.accounts.nothing')}
          </button>
        ) : null}
      </div>
    </form>
  );
}
