/** Changes one account: its roles, a new link, its sessions, whether it may sign in. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { Dialog } from '../../../renderer/components/dialog.tsx';
import { type ConsoleAccount, type Invitation, invitationSchema } from '../../../shared/console/access.ts';
import { exchange, tell } from '../api/client.ts';
import { AccountWindowsAccounts } from '../components/account-windows-accounts.tsx';
import { RefusalNotice } from '../components/refusal-notice.tsx';
import { RoleBoxes } from '../components/role-boxes.tsx';
import { useWords } from '../words/words-context.tsx';

interface Props {
  readonly account: ConsoleAccount;
  onIssued(invitation: Invitation): void;
  onClose(): void;
}

export function AccountDialog({ account, onIssued, onClose }: Props) {
  const { text } = useWords();
  const closeId = useId();
  const queries = useQueryClient();
  const [roles, setRoles] = useState(account.roles);
  const address = `/api/accounts/${encodeURIComponent(account.accountId)}`;
  const settle = async () => {
    await queries.invalidateQueries({ queryKey: ['accounts'] });
    onClose();
  };
  const change = useMutation({
    mutationFn: (body: { readonly roles?: ConsoleAccount['roles']; readonly disabled?: boolean }) =>
      tell('PATCH', address, body),
    onSuccess: settle,
  });
  const endSessions = useMutation({
    mutationFn: () => tell('DELETE', `${address}/sessions`),
    onSuccess: settle,
  });
  const issue = useMutation({
    mutationFn: () => exchange(invitationSchema, `${address}/link`, {}),
    onSuccess: (invitation) => {
      onIssued(invitation);
      onClose();
    },
  });
  const isDisabled = account.state === 'disabled';
  const isBusy = change.isPending || endSessions.isPending || issue.isPending;
  return (
    <Dialog
      title={account.name}
      onClose={onClose}
      initialFocusId={closeId}
      describedBy={[`${closeId}-what`]}
      aside={null}
      actions={
        <>
          <button
            type="button"
            className="button button-primary"
            aria-disabled={isBusy || roles.length === 0}
            onClick={() => {
              if (!isBusy && roles.length > 0) change.mutate({ roles });
            }}
          >
            {text('console.accounts.saveRoles')}
          </button>
          <button type="button" className="button" id={closeId} onClick={onClose}>
            {text('console.cancel')}
          </button>
        </>
      }
    >
      <RefusalNotice
        error={change.error ?? endSessions.error ?? issue.error}
        sentences={{ 409: text('console.accounts.lockedOut') }}
      />
      <RoleBoxes
        roles={roles}
        onChange={setRoles}
        error={roles.length === 0 ? text('console.accounts.noRole') : undefined}
      />
      <div className="buttons">
        {isDisabled ? null : (
          <button type="button" className="button" onClick={() => issue.mutate()}>
            {text('console.accounts.newLink')}
          </button>
        )}
        {account.openSessions > 0 ? (
          <button type="button" className="button" onClick={() => endSessions.mutate()}>
            {text('console.accounts.endSessions')}
          </button>
        ) : null}
        <button
          type="button"
          className={isDisabled ? 'button' : 'button button-danger'}
          onClick={() => change.mutate({ disabled: !isDisabled })}
        >
          {text(isDisabled ? 'console.accounts.enable' : 'console.accounts.disable')}
        </button>
      </div>
      <p id={`${closeId}-what`} className="quiet">
        {text('console.accounts.disableWhat')}
      </p>
      {account.roles.includes('signatory') ? <AccountWindowsAccounts accountId={account.accountId} /> : null}
    </Dialog>
  );
}
