/** Enrolment tokens: the list with its button to revoke, and the form that makes one. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  type EnrolmentToken,
  type IssuedToken,
  issuedTokenSchema,
} from '../../../shared/console/enrolment.ts';
import { showMoment } from '../../../shared/i18n/show-moment.ts';
import { exchange, tell } from '../api/client.ts';
import { ConfirmDialog } from '../components/confirm-dialog.tsx';
import { type Column, DataTable } from '../components/data-table.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { RefusalNotice } from '../components/refusal-notice.tsx';
import { TextField } from '../components/text-field.tsx';
import { useWords } from '../words/words-context.tsx';

const enrolmentKey = ['enrolment'] as const;
const usualDays = '30';

function RevokeDialog({ tokenId, onClose }: { readonly tokenId: string; readonly onClose: () => void }) {
  const { text } = useWords();
  const queries = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => tell('DELETE', `/api/enrolment/tokens/${encodeURIComponent(tokenId)}`),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: enrolmentKey });
      onClose();
    },
  });
  return (
    <ConfirmDialog
      title={text('console-enrolment.revoke.title', { token: tokenId })}
      action={text('console-enrolment.revoke')}
      isBusy={revoke.isPending}
      error={revoke.error}
      onConfirm={() => revoke.mutate()}
      onClose={onClose}
    >
      <p>{text('console-enrolment.revoke.what')}</p>
    </ConfirmDialog>
  );
}

function useColumns(onRevoke: (tokenId: string) => void): readonly Column<EnrolmentToken>[] {
  const { text, language } = useWords();
  return [
    {
      id: 'token',
      heading: text('console-enrolment.token'),
      isRowHeading: true,
      cell: ({ tokenId, createdAt }) => (
        <>
          <code>{tokenId}</code>
          <span className="second">{showMoment(createdAt, language)}</span>
        </>
      ),
    },
    {
      id: 'state',
      heading: text('console-enrolment.state'),
      cell: ({ state }) => (
        <span className={state === 'valid' ? 'mark mark-good' : 'mark mark-limited'}>
          {text(`console-enrolment.state.${state}`)}
        </span>
      ),
    },
    {
      id: 'expires',
      heading: text('console-enrolment.expires'),
      cell: ({ expiresAt }) =>
        expiresAt === undefined ? text('console.never') : showMoment(expiresAt, language),
    },
    {
      id: 'uses',
      heading: text('console-enrolment.uses'),
      isNumber: true,
      cell: ({ uses, maxUses }) =>
        maxUses === undefined
          ? uses
          : text('console-enrolment.usesOf', { uses: String(uses), most: String(maxUses) }),
    },
    {
      id: 'new-pcs',
      heading: text('console-enrolment.newPcs'),
      cell: ({ needsApproval }) =>
        text(needsApproval ? 'console-enrolment.newPcs.wait' : 'console-enrolment.newPcs.report'),
    },
    {
      id: 'revoke',
      heading: text('console-enrolment.revoke'),
      cell: ({ tokenId, revokedAt }) =>
        revokedAt === undefined ? (
          <button type="button" className="button button-small" onClick={() => onRevoke(tokenId)}>
            {text('console-enrolment.revoke')}
            <span className="visually-hidden">: {tokenId}</span>
          </button>
        ) : null,
    },
  ];
}

export function TokenTable({ tokens }: { readonly tokens: readonly EnrolmentToken[] }) {
  const { text } = useWords();
  const [revoked, setRevoked] = useState('');
  const columns = useColumns(setRevoked);
  return (
    <section>
      <h2>{text('console-enrolment.tokens')}</h2>
      {tokens.length === 0 ? (
        <EmptyState title={text('console-enrolment.tokens.none')}>
          <p>{text('console-enrolment.tokens.none.do')}</p>
        </EmptyState>
      ) : (
        <DataTable
          caption={text('console-enrolment.tokens.caption')}
          columns={columns}
          rows={tokens}
          keyOf={({ tokenId }) => tokenId}
        />
      )}
      {revoked === '' ? null : <RevokeDialog tokenId={revoked} onClose={() => setRevoked('')} />}
    </section>
  );
}

export function TokenForm({ onIssued }: { readonly onIssued: (issued: IssuedToken) => void }) {
  const { text } = useWords();
  const queries = useQueryClient();
  const [days, setDays] = useState(usualDays);
  const [uses, setUses] = useState('');
  const [needsApproval, setNeedsApproval] = useState(false);
  const create = useMutation({
    mutationFn: () =>
      exchange(issuedTokenSchema, '/api/enrolment/tokens', {
        expiresAfterDays: Number(days),
        maxUses: uses === '' ? null : Number(uses),
        needsApproval,
      }),
    onSuccess: async (issued) => {
      onIssued(issued);
      await queries.invalidateQueries({ queryKey: enrolmentKey });
      window.scrollTo({ top: 0 });
    },
  });
  return (
    <form
      className="panel"
      onSubmit={(event) => {
        event.preventDefault();
        if (!create.isPending) create.mutate();
      }}
    >
      <h2>{text('console-enrolment.create')}</h2>
      <RefusalNotice error={create.error} />
      <TextField
        label={text('console-enrolment.create.days')}
        hint={text('console-enrolment.create.days.hint')}
        type="number"
        min={1}
        max={3650}
        required
        value={days}
        onChange={setDays}
      />
      <TextField
        label={text('console-enrolment.create.uses')}
        hint={text('console-enrolment.create.uses.hint')}
        type="number"
        min={1}
        max={1_000_000}
        value={uses}
        onChange={setUses}
      />
      <label className="show-password">
        <input
          type="checkbox"
          checked={needsApproval}
          onChange={(event) => setNeedsApproval(event.target.checked)}
        />
        {text('console-enrolment.create.approval')}
      </label>
      <div className="buttons">
        <button type="submit" className="button button-primary" aria-disabled={create.isPending}>
          {text('console-enrolment.create')}
        </button>
      </div>
    </form>
  );
}
