/** A person's own account: where they are signed in, and their password. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { type ConsoleSession, sessionListSchema } from '../../../shared/console/access.ts';
import { showMoment } from '../../../shared/i18n/show-moment.ts';
import { ask, tell } from '../api/client.ts';
import { useMe } from '../api/session.tsx';
import { type Column, DataTable } from '../components/data-table.tsx';
import { Facts } from '../components/facts.tsx';
import { NewPasswordField, useNewPassword } from '../components/new-password-field.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { RefusalNotice } from '../components/refusal-notice.tsx';
import { useRoleName } from '../components/role-boxes.tsx';
import { TextField } from '../components/text-field.tsx';
import { nameBrowser } from '../words/name-browser.ts';
import { useWords } from '../words/words-context.tsx';

function Sessions() {
  const { text, language } = useWords();
  const queries = useQueryClient();
  const sessions = useQuery({
    queryKey: ['own-sessions'],
    queryFn: () => ask(sessionListSchema, '/api/own/sessions'),
  });
  const end = useMutation({
    mutationFn: (sessionId: string) => tell('DELETE', `/api/own/sessions/${encodeURIComponent(sessionId)}`),
    onSettled: () => queries.invalidateQueries({ queryKey: ['own-sessions'] }),
  });
  const columns = useMemo(
    (): readonly Column<ConsoleSession>[] => [
      {
        id: 'browser',
        heading: text('console.own.browser'),
        isRowHeading: true,
        cell: (one) => (
          <>
            <bdi>{nameBrowser(one.browser) ?? text('console.unknown')}</bdi>
            {one.isThisOne ? <span className="second">{text('console.own.thisOne')}</span> : null}
          </>
        ),
      },
      {
        id: 'started',
        heading: text('console.own.started'),
        cell: (one) => showMoment(one.startedAt, language),
      },
      {
        id: 'used',
        heading: text('console.own.lastUsed'),
        cell: (one) => showMoment(one.lastUsedAt, language),
      },
      {
        id: 'end',
        heading: text('console.own.end'),
        cell: (one) =>
          one.isThisOne ? null : (
            <button type="button" className="button button-small" onClick={() => end.mutate(one.sessionId)}>
              {text('console.own.end')}
            </button>
          ),
      },
    ],
    [text, language, end],
  );
  return (
    <section>
      <h2>{text('console.own.sessions')}</h2>
      <RefusalNotice error={sessions.error ?? end.error} />
      <DataTable
        caption={text('console.own.sessionsCaption')}
        columns={columns}
        rows={sessions.data?.items ?? []}
        keyOf={(one) => one.sessionId}
      />
    </section>
  );
}

function ChangePassword() {
  const { text } = useWords();
  const queries = useQueryClient();
  const me = useMe();
  const [current, setCurrent] = useState('');
  const password = useNewPassword();
  const change = useMutation({
    mutationFn: () =>
      tell('POST', '/api/own/password', { currentPassword: current, newPassword: password.value }),
    onSuccess: async () => {
      setCurrent('');
      password.setValue('');
      await queries.invalidateQueries({ queryKey: ['own-sessions'] });
    },
  });
  return (
    <form
      className="panel"
      onSubmit={(event) => {
        event.preventDefault();
        if (password.check() && !change.isPending) change.mutate();
      }}
    >
      <h2>{text('console.own.password')}</h2>
      <RefusalNotice error={change.error} sentences={{ 403: text('console.own.wrongPassword') }} />
      {change.isSuccess ? (
        <p className="mark mark-good" role="status">
          {text('console.own.passwordChanged')}
        </p>
      ) : null}
      <input type="hidden" name="username" autoComplete="username" value={me.signInName} />
      <TextField
        label={text('console.own.currentPassword')}
        type="password"
        value={current}
        onChange={setCurrent}
        autoComplete="current-password"
        required
      />
      <NewPasswordField password={password} />
      <div className="buttons">
        <button type="submit" className="button button-primary" aria-disabled={change.isPending}>
          {text('console.own.change')}
        </button>
      </div>
    </form>
  );
}

export function OwnAccountPage() {
  const { text } = useWords();
  const me = useMe();
  const roleName = useRoleName();
  return (
    <>
      <PageTitle title={text('console.ownAccount')} />
      <Facts
        facts={[
          [text('console.name'), <bdi key="name">{me.name}</bdi>],
          [text('console.signInName'), <bdi key="sign-in">{me.signInName}</bdi>],
          [text('console.accounts.roles'), me.roles.map(roleName).join(', ')],
        ]}
      />
      {me.accountId === '' ? (
        <p>{text('console.own.none')}</p>
      ) : (
        <>
          <Sessions />
          <ChangePassword />
        </>
      )}
    </>
  );
}
