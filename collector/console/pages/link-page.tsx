/** Opens a one-time link. Looking at the page uses nothing up; only a button does. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { type LinkUse, linkSchema, type OneTimeLink } from '../../../shared/console/access.ts';
import { exchange, Refusal, tell } from '../api/client.ts';
import { Loading } from '../components/loading.tsx';
import { NewPasswordField, useNewPassword } from '../components/new-password-field.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { RefusalNotice } from '../components/refusal-notice.tsx';
import { TextField } from '../components/text-field.tsx';
import { useWords } from '../words/words-context.tsx';
import { SignInPage } from './sign-in-page.tsx';

function useLink(onUsed: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (use: LinkUse) => tell('POST', '/api/links/use', use),
    onSuccess: () => {
      // The session that this browser had before has ended.
      queries.clear();
      onUsed();
    },
  });
}

interface Props {
  readonly code: string;
  readonly link: OneTimeLink;
  readonly onUsed: () => void;
}

function SetPassword({ code, link, onUsed }: Props) {
  const { text } = useWords();
  const use = useLink(onUsed);
  const password = useNewPassword();
  return (
    <>
      <PageTitle
        title={text('console.link.welcome', { name: link.name })}
        intro={text('console.link.choosePassword')}
      />
      <RefusalNotice error={use.error} sentences={{ 404: text('console.link.goneText') }} />
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (password.check() && !use.isPending) {
            use.mutate({ use: 'set-password', code, password: password.value });
          }
        }}
      >
        <TextField
          label={text('console.signInName')}
          value={link.signInName}
          autoComplete="username"
          readOnly
          onChange={() => undefined}
        />
        <NewPasswordField password={password} />
        <div className="buttons">
          <button type="submit" className="button button-primary" aria-disabled={use.isPending}>
            {text('console.link.setPassword')}
          </button>
        </div>
      </form>
    </>
  );
}

function CreateAccount({ code, onUsed }: Omit<Props, 'link'>) {
  const { text } = useWords();
  const use = useLink(onUsed);
  const [name, setName] = useState('');
  const [signInName, setSignInName] = useState('');
  const password = useNewPassword();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (password.check() && !use.isPending) {
          use.mutate({ use: 'create-account', code, name, signInName, password: password.value });
        }
      }}
    >
      <RefusalNotice
        error={use.error}
        sentences={{
          400: text('console.accounts.badName'),
          404: text('console.link.goneText'),
          409: text('console.accounts.nameTaken'),
        }}
      />
      <TextField
        label={text('console.name')}
        value={name}
        onChange={setName}
        autoComplete="name"
        maxLength={200}
        required
      />
      <TextField
        label={text('console.signInName')}
        hint={text('console.signInName.hint')}
        value={signInName}
        onChange={setSignInName}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        minLength={2}
        maxLength={200}
        required
      />
      <NewPasswordField password={password} />
      <div className="buttons">
        <button type="submit" className="button" aria-disabled={use.isPending}>
          {text('console.link.createAccount')}
        </button>
      </div>
    </form>
  );
}

function LetTechnicianIn({ code, link, onUsed }: Props) {
  const { text } = useWords();
  const use = useLink(onUsed);
  const intro =
    link.schoolName === ''
      ? text('console.link.technician')
      : text('console.link.technicianOf', { school: link.schoolName });
  return (
    <>
      <PageTitle title={text('console.signIn')} intro={intro} />
      <RefusalNotice error={use.error} sentences={{ 404: text('console.link.goneText') }} />
      <div className="buttons">
        <button
          type="button"
          className="button button-primary"
          aria-disabled={use.isPending}
          onClick={() => {
            if (!use.isPending) use.mutate({ use: 'sign-in', code });
          }}
        >
          {text('console.link.signInOnce')}
        </button>
      </div>
      <details className="more">
        <summary>{text('console.link.ownAccount')}</summary>
        <p className="quiet">{text('console.link.ownAccountWhy')}</p>
        <CreateAccount code={code} onUsed={onUsed} />
      </details>
    </>
  );
}

export function LinkPage() {
  const { text } = useWords();
  const navigate = useNavigate();
  const code = useSearchParams()[0].get('code') ?? '';
  const link = useQuery({
    queryKey: ['link', code],
    queryFn: () => exchange(linkSchema, '/api/links/look', { code }),
    enabled: code !== '',
    // A link that was used must not look usable again after a refocus of the window.
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  });
  const onUsed = () => void navigate('/', { replace: true });
  if (code === '') return <SignInPage />;
  if (link.isPending) return <Loading />;
  if (link.error instanceof Refusal && link.error.status === 404) {
    return (
      <>
        <PageTitle title={text('console.link.gone')} />
        <p>{text('console.link.goneText')}</p>
        <p>
          <a href="/">{text('console.signIn')}</a>
        </p>
      </>
    );
  }
  if (link.error !== null) return <RefusalNotice error={link.error} />;
  return link.data.kind === 'account' ? (
    <SetPassword code={code} link={link.data} onUsed={onUsed} />
  ) : (
    <LetTechnicianIn code={code} link={link.data} onUsed={onUsed} />
  );
}
