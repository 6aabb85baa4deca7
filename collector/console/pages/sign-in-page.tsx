/** Signing in with name and password. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { tell } from '../api/client.ts';
import { sessionKey } from '../api/session.tsx';
import { Command } from '../components/command.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { RefusalNotice } from '../components/refusal-notice.tsx';
import { TextField } from '../components/text-field.tsx';
import { useWords } from '../words/words-context.tsx';

export function SignInPage() {
  const { text } = useWords();
  const queries = useQueryClient();
  const [signInName, setSignInName] = useState('');
  const [password, setPassword] = useState('');
  const signIn = useMutation({
    mutationFn: () => tell('POST', '/api/session', { signInName, password }),
    onSuccess: () => queries.invalidateQueries({ queryKey: sessionKey }),
  });
  return (
    <>
      <PageTitle title={text('console.signIn')} intro={text('console.signIn.intro')} />
      <RefusalNotice error={signIn.error} sentences={{ 401: text('console.signIn.wrong') }} />
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!signIn.isPending) signIn.mutate();
        }}
      >
        <TextField
          label={text('console.signInName')}
          value={signInName}
          onChange={setSignInName}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
        />
        <TextField
          label={text('console.password')}
          type="password"
          value={password}
          onChange={setPassword}
          autoComplete="current-password"
          required
        />
        <div className="buttons">
          <button type="submit" className="button button-primary" aria-disabled={signIn.isPending}>
            {text('console.signIn')}
          </button>
        </div>
      </form>
      <section className="aside">
        <h2>{text('console.signIn.noAccount')}</h2>
        <p>{text('console.signIn.askTechnician')}</p>
        <p>{text('console.signIn.command')}</p>
        <Command words="console" />
        <p>{text('console.signIn.commandNote')}</p>
      </section>
    </>
  );
}
