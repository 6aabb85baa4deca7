/** In the dialog of an account: the Windows accounts that are this person's, which a technician adds and removes. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { windowsAccountsSchema } from '../../../shared/console/countersign.ts';
import { ask, tell } from '../api/client.ts';
import { useWords } from '../words/words-context.tsx';
import { RefusalNotice } from './refusal-notice.tsx';
import { TextField } from './text-field.tsx';

export function AccountWindowsAccounts({ accountId }: { readonly accountId: string }) {
  const { text } = useWords();
  const queries = useQueryClient();
  const [added, setAdded] = useState('');
  const address = `/api/accounts/${encodeURIComponent(accountId)}/windows-accounts`;
  const queryKey = ['windows-accounts', accountId];
  const known = useQuery({ queryKey, queryFn: () => ask(windowsAccountsSchema, address) });
  const change = useMutation({
    mutationFn: (body: { readonly add: readonly string[]; readonly remove: readonly string[] }) =>
      tell('POST', address, body),
    onSuccess: async () => {
      setAdded('');
      await queries.invalidateQueries({ queryKey });
    },
  });
  const accounts = known.data?.accounts ?? [];
  return (
    <section>
      <h3>{text('console-countersign.accounts.ofPerson')}</h3>
      <p className="quiet">{text('console-countersign.accounts.ofPerson.why')}</p>
      <RefusalNotice
        error={known.error ?? change.error}
        sentences={{ 400: text('console-countersign.accounts.bad') }}
      />
      {known.data?.isNamed === false ? <p>{text('console-countersign.accounts.ofPerson.notNamed')}</p> : null}
      <ul>
        {accounts.map((account) => (
          <li key={account}>
            <bdi>{account}</bdi>{' '}
            <button
              type="button"
              className="button button-small"
              onClick={() => change.mutate({ add: [], remove: [account] })}
            >
              {text('console-countersign.accounts.remove')}
              <span className="visually-hidden">: {account}</span>
            </button>
          </li>
        ))}
      </ul>
      <TextField
        label={text('console-countersign.accounts.one')}
        hint={text('console-countersign.accounts.hint')}
        value={added}
        maxLength={256}
        spellCheck={false}
        autoCapitalize="none"
        onChange={setAdded}
      />
      <div className="buttons">
        <button
          type="button"
          className="button button-small"
          aria-disabled={added.trim() === ''}
          onClick={() => {
            if (added.trim() !== '') change.mutate({ add: [added], remove: [] });
          }}
        >
          {text('console-countersign.accounts.add')}
        </button>
      </div>
    </section>
  );
}
