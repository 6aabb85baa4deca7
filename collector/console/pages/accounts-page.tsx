/** Accounts of the console: who may sign in, with which roles; invitations by one-time link. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import {
  accountListSchema,
  type ConsoleAccount,
  type Invitation,
  invitationSchema,
} from '../../../shared/console/access.ts';
import { showMoment } from '../../../shared/i18n/show-moment.ts';
import { ask, exchange } from '../api/client.ts';
import { useMe } from '../api/session.tsx';
import { type Column, DataTable } from '../components/data-table.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { Loading } from '../components/loading.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { RefusalNotice } from '../components/refusal-notice.tsx';
import { RoleBoxes, useRoleName } from '../components/role-boxes.tsx';
import { TextField } from '../components/text-field.tsx';
import { useWords } from '../words/words-context.tsx';
import { AccountDialog } from './account-dialog.tsx';

const accountsKey = ['accounts'] as const;

/** The address is shown once: the collector keeps only its hash. */
function IssuedLink({ name, invitation }: { readonly name: string; readonly invitation: Invitation }) {
  const { text, language } = useWords();
  const address = `${window.location.origin}/sign-in?code=${invitation.code}`;
  const [isCopied, setCopied] = useState(false);
  return (
    <section className="issued" role="status">
      <h2>{text('console.accounts.linkFor', { name })}</h2>
      <p>{text('console.accounts.linkHow', { until: showMoment(invitation.endsAt, language) })}</p>
      <p>
        <code className="address">{address}</code>
      </p>
      <button
        type="button"
        className="button button-small"
        onClick={() => void navigator.clipboard.writeText(address).then(() => setCopied(true))}
      >
        {text(isCopied ? 'console.copied' : 'console.copy')}
      </button>
    </section>
  );
}

function InviteForm({ onInvited }: { readonly onInvited: (name: string, invitation: Invitation) => void }) {
  const { text } = useWords();
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const [signInName, setSignInName] = useState('');
  const [roles, setRoles] = useState<ConsoleAccount['roles']>(['viewer']);
  const [lacksRole, setLacksRole] = useState(false);
  const invite = useMutation({
    mutationFn: () => exchange(invitationSchema, '/api/accounts', { name, signInName, roles }),
    onSuccess: async (invitation) => {
      await queries.invalidateQueries({ queryKey: accountsKey });
      onInvited(name, invitation);
    },
  });
  return (
    <form
      className="panel"
      onSubmit={(event) => {
        event.preventDefault();
        setLacksRole(roles.length === 0);
        if (roles.length > 0 && !invite.isPending) invite.mutate();
      }}
    >
      <h2>{text('console.accounts.invite')}</h2>
      <RefusalNotice
        error={invite.error}
        sentences={{ 400: text('console.accounts.badName'), 409: text('console.accounts.nameTaken') }}
      />
      <TextField
        label={text('console.name')}
        value={name}
        onChange={setName}
        maxLength={200}
        autoComplete="off"
        required
      />
      <TextField
        label={text('console.signInName')}
        hint={text('console.signInName.hint')}
        value={signInName}
        onChange={setSignInName}
        autoCapitalize="none"
        autoComplete="off"
        spellCheck={false}
        minLength={2}
        maxLength={200}
        required
      />
      <RoleBoxes
        roles={roles}
        onChange={setRoles}
        error={lacksRole ? text('console.accounts.noRole') : undefined}
      />
      <div className="buttons">
        <button type="submit" className="button button-primary" aria-disabled={invite.isPending}>
          {text('console.accounts.makeLink')}
        </button>
      </div>
    </form>
  );
}

function useColumns(onChange: (account: ConsoleAccount) => void): readonly Column<ConsoleAccount>[] {
  const { text, language } = useWords();
  const roleName = useRoleName();
  const me = useMe();
  return useMemo(
    () => [
      {
        id: 'name',
        heading: text('console.name'),
        isRowHeading: true,
        cell: (account) => (
          <>
            <bdi>{account.name}</bdi>
            {account.accountId === me.accountId ? <span className="tag">{text('console.you')}</span> : null}
            <bdi className="second">{account.signInName}</bdi>
          </>
        ),
      },
      {
        id: 'roles',
        heading: text('console.accounts.roles'),
        cell: (account) => account.roles.map(roleName).join(', '),
      },
      {
        id: 'state',
        heading: text('console.accounts.state'),
        cell: (account) => (
          <span
            className={
              { active: 'mark mark-good', invited: 'mark mark-limited', disabled: 'mark mark-bad' }[
                account.state
              ]
            }
          >
            {text(`console.accounts.${account.state}`)}
          </span>
        ),
      },
      {
        id: 'signed-in',
        heading: text('console.accounts.lastSignIn'),
        cell: (account) =>
          account.lastSignInAt === undefined
            ? text('console.never')
            : showMoment(account.lastSignInAt, language),
      },
      {
        id: 'sessions',
        heading: text('console.accounts.openSessions'),
        isNumber: true,
        cell: (account) => account.openSessions,
      },
      {
        id: 'change',
        heading: text('console.change'),
        cell: (account) => (
          <button type="button" className="button button-small" onClick={() => onChange(account)}>
            {text('console.change')}
            <span className="visually-hidden">: {account.name}</span>
          </button>
        ),
      },
    ],
    [text, language, roleName, me.accountId, onChange],
  );
}

export function AccountsPage() {
  const { text } = useWords();
  const accounts = useQuery({
    queryKey: accountsKey,
    queryFn: () => ask(accountListSchema, '/api/accounts'),
  });
  const [issued, setIssued] = useState<{ readonly name: string; readonly invitation: Invitation }>();
  const [formNumber, setFormNumber] = useState(0);
  const [changed, setChanged] = useState<ConsoleAccount>();
  const columns = useColumns(setChanged);
  const items = accounts.data?.items ?? [];
  return (
    <>
      <PageTitle title={text('console.accounts')} intro={text('console.accounts.intro')} />
      <RefusalNotice error={accounts.error} />
      {issued === undefined ? null : <IssuedLink {...issued} />}
      {accounts.isPending ? <Loading /> : null}
      {accounts.isSuccess && items.length === 0 ? (
        <EmptyState title={text('console.accounts.none')}>
          <p>{text('console.accounts.none.do')}</p>
        </EmptyState>
      ) : null}
      {items.length > 0 ? (
        <DataTable
          caption={text('console.accounts.caption')}
          columns={columns}
          rows={items}
          keyOf={(account) => account.accountId}
        />
      ) : null}
      <InviteForm
        key={formNumber}
        onInvited={(name, invitation) => {
          setIssued({ name, invitation });
          setFormNumber(formNumber + 1);
        }}
      />
      {changed === undefined ? null : (
        <AccountDialog
          account={changed}
          onIssued={(invitation) => setIssued({ name: changed.name, invitation })}
          onClose={() => setChanged(undefined)}
        />
      )}
    </>
  );
}
