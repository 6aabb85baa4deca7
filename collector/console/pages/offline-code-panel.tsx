/** Approval by telephone: a code for one device on this PC, to be read out. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { issuedOfflineCodeSchema, offlineCodeListSchema } from '../../../shared/console/offline-codes.ts';
import { mostOfflineDays } from '../../../shared/device/offline-code.ts';
import { showMoment } from '../../../shared/i18n/show-moment.ts';
import { ask, exchange } from '../api/client.ts';
import { CopyLine } from '../components/copy-line.tsx';
import { DataTable } from '../components/data-table.tsx';
import { RefusalNotice } from '../components/refusal-notice.tsx';
import { TextField } from '../components/text-field.tsx';
import { useWords } from '../words/words-context.tsx';

const usualDays = '7';

export function OfflineCodePanel({ agentId }: { readonly agentId: string }) {
  const { text, language } = useWords();
  const queries = useQueryClient();
  const address = `/api/pcs/${encodeURIComponent(agentId)}/offline-codes`;
  const [deviceNumber, setDeviceNumber] = useState('');
  const [days, setDays] = useState(usualDays);
  const [reason, setReason] = useState('');
  const issued = useQuery({
    queryKey: ['offline-codes', agentId],
    queryFn: () => ask(offlineCodeListSchema, address),
  });
  const make = useMutation({
    mutationFn: () =>
      exchange(issuedOfflineCodeSchema, address, { deviceNumber, days: Number(days), reason }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['offline-codes', agentId] }),
  });
  const items = issued.data?.items ?? [];
  return (
    <section className="reading no-print">
      <h2>{text('console-pcs.code')}</h2>
      <p>{text('console-pcs.code.what')}</p>
      {make.data === undefined ? null : (
        <section className="issued spoken" role="status">
          <CopyLine label={text('console-pcs.code.read')} value={make.data.code} />
          <p>{text('console-pcs.code.until', { until: showMoment(make.data.expiresAt, language) })}</p>
        </section>
      )}
      <form
        className="panel"
        onSubmit={(event) => {
          event.preventDefault();
          if (!make.isPending) make.mutate();
        }}
      >
        <RefusalNotice
          error={make.error}
          sentences={{ 400: text('console-pcs.code.mistyped'), 409: text('console-pcs.code.mustConnect') }}
        />
        <TextField
          label={text('console-pcs.code.number')}
          value={deviceNumber}
          onChange={setDeviceNumber}
          maxLength={40}
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          required
        />
        <TextField
          label={text('console-pcs.code.days')}
          type="number"
          min={0}
          max={mostOfflineDays}
          value={days}
          onChange={setDays}
          required
        />
        <TextField
          label={text('console-pcs.code.reason')}
          value={reason}
          onChange={setReason}
          maxLength={500}
          autoComplete="off"
        />
        <div className="buttons">
          <button type="submit" className="button" aria-disabled={make.isPending}>
            {text('console-pcs.code.make')}
          </button>
        </div>
      </form>
      <RefusalNotice error={issued.error} />
      {items.length > 0 ? (
        <div className="after-table">
          <DataTable
            caption={text('console-pcs.code.issued')}
            columns={[
              {
                id: 'device',
                heading: text('console-pcs.code.number'),
                isRowHeading: true,
                cell: (one) => <code>{one.deviceNumber}</code>,
              },
              {
                id: 'by',
                heading: text('console-pcs.code.by'),
                cell: (one) => (
                  <>
                    <bdi>{one.issuedBy === '' ? text('console.serverTechnician') : one.issuedBy}</bdi>
                    <span className="second">{showMoment(one.issuedAt, language)}</span>
                  </>
                ),
              },
              {
                id: 'until',
                heading: text('console-enrolment.expires'),
                cell: (one) => showMoment(one.expiresAt, language),
              },
              {
                id: 'reason',
                heading: text('console-media.reason'),
                cell: (one) => <bdi className="long">{one.reason}</bdi>,
              },
            ]}
            rows={items}
            keyOf={({ slot }) => String(slot)}
          />
        </div>
      ) : null}
    </section>
  );
}
