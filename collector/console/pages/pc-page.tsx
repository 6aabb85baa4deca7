/** One PC: what it can do, what is wrong with it, and what a technician decides about it. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Link, useParams } from 'react-router';
import { pageAddresses } from '../../../shared/console/pages.ts';
import { type PcRecord, pcRecordSchema } from '../../../shared/console/pcs.ts';
import { showMoment } from '../../../shared/i18n/show-moment.ts';
import { ask, tell } from '../api/client.ts';
import { useMay } from '../api/session.tsx';
import { ConfirmDialog } from '../components/confirm-dialog.tsx';
import { Facts } from '../components/facts.tsx';
import { Loading } from '../components/loading.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { PcTrouble } from '../components/pc-trouble.tsx';
import { RefusalNotice } from '../components/refusal-notice.tsx';
import { TextField } from '../components/text-field.tsx';
import { useWords } from '../words/words-context.tsx';
import { OfflineCodePanel } from './offline-code-panel.tsx';
import { Capabilities, FaultList, ForkList, GapList } from './pc-reports.tsx';

const addressOf = (agentId: string) => `/api/pcs/${encodeURIComponent(agentId)}`;
const nameOf = ({ label, hostname }: PcRecord) => (label === '' ? hostname : label);

function useChanged(agentId: string): () => Promise<void> {
  const queries = useQueryClient();
  return async () => {
    await Promise.all([
      queries.invalidateQueries({ queryKey: ['pc', agentId] }),
      queries.invalidateQueries({ queryKey: ['/api/pcs'] }),
    ]);
  };
}

function LabelForm({ pc }: { readonly pc: PcRecord }) {
  const { text } = useWords();
  const [label, setLabel] = useState(pc.label);
  const onSuccess = useChanged(pc.agentId);
  const save = useMutation({
    mutationFn: () => tell('PATCH', addressOf(pc.agentId), { label: label.trim() }),
    onSuccess,
  });
  return (
    <form
      className="panel"
      onSubmit={(event) => {
        event.preventDefault();
        if (!save.isPending) save.mutate();
      }}
    >
      <RefusalNotice error={save.error} />
      <TextField
        label={text('console-pcs.label')}
        hint={text('console-pcs.label.hint')}
        value={label}
        onChange={setLabel}
        maxLength={200}
        autoComplete="off"
      />
      <div className="buttons">
        <button type="submit" className="button" aria-disabled={save.isPending}>
          {text('console-pcs.label.save')}
        </button>
      </div>
      <p className="quiet" role="status">
        {save.isSuccess && label.trim() === pc.label ? text('console-pcs.label.saved') : ''}
      </p>
    </form>
  );
}

function ApproveButton({ pc }: { readonly pc: PcRecord }) {
  const { text } = useWords();
  const onSuccess = useChanged(pc.agentId);
  const approve = useMutation({
    mutationFn: () => tell('POST', `${addressOf(pc.agentId)}/approve`),
    onSuccess,
  });
  return (
    <>
      <RefusalNotice error={approve.error} sentences={{ 409: text('console-pcs.decided') }} />
      <button
        type="button"
        className="button button-primary"
        aria-disabled={approve.isPending}
        onClick={() => {
          if (!approve.isPending) approve.mutate();
        }}
      >
        {text('console-pcs.approve')}
      </button>
    </>
  );
}

function ExpelButton({ pc }: { readonly pc: PcRecord }) {
  const { text } = useWords();
  const [isAsked, setAsked] = useState(false);
  const changed = useChanged(pc.agentId);
  const expel = useMutation({
    mutationFn: () => tell('POST', `${addressOf(pc.agentId)}/expel`),
    onSuccess: async () => {
      setAsked(false);
      await changed();
    },
  });
  return (
    <>
      <button type="button" className="button button-danger" onClick={() => setAsked(true)}>
        {text('console-pcs.expel')}
      </button>
      {isAsked ? (
        <ConfirmDialog
          title={text('console-pcs.expel.title', { name: nameOf(pc) })}
          action={text('console-pcs.expel.do')}
          isBusy={expel.isPending}
          error={expel.error}
          sentences={{ 409: text('console-pcs.decided') }}
          onConfirm={() => expel.mutate()}
          onClose={() => setAsked(false)}
        >
          <p>{text('console-pcs.expel.what')}</p>
          <p>{text('console-pcs.expel.undo')}</p>
        </ConfirmDialog>
      ) : null}
    </>
  );
}

function StateNotice({
  title,
  why,
  children,
}: {
  readonly title: string;
  readonly why: string;
  readonly children?: ReactNode;
}) {
  return (
    <section className="issued">
      <h2>{title}</h2>
      <p>{why}</p>
      {children}
    </section>
  );
}

function Gate({ pc }: { readonly pc: PcRecord }) {
  const { text, language } = useWords();
  if (pc.secondsToGate === undefined) return text('console.notMeasured');
  const digits = { minimumFractionDigits: 1, maximumFractionDigits: 1 } as const;
  return (
    <>
      {new Intl.NumberFormat(language, digits).format(pc.secondsToGate)}
      {pc.gate === undefined ? null : <span className="second">{text(`console-pcs.gate.${pc.gate}`)}</span>}
    </>
  );
}

function PcView({ pc }: { readonly pc: PcRecord }) {
  const { text, language } = useWords();
  const mayManage = useMay('pcs:manage');
  const mayApprove = useMay('media:manage');
  return (
    <>
      <PageTitle title={nameOf(pc)} {...(pc.label === '' ? {} : { intro: pc.hostname })}>
        <div className="buttons">
          <button type="button" className="button" onClick={() => window.print()}>
            {text('console.print')}
          </button>
          {mayManage && pc.state !== 'expelled' ? <ExpelButton pc={pc} /> : null}
        </div>
      </PageTitle>
      {pc.state === 'waiting' ? (
        <StateNotice title={text('console-pcs.waits.title')} why={text('console-pcs.waits.why')}>
          {mayManage ? <ApproveButton pc={pc} /> : null}
        </StateNotice>
      ) : null}
      {pc.state === 'expelled' ? (
        <StateNotice title={text('console-pcs.expelled.title')} why={text('console-pcs.expelled.why')} />
      ) : null}
      <Facts
        facts={[
          [text('console.pcs.state'), <PcTrouble key="state" pc={pc} />],
          [text('console.pcs.lastSeen'), showMoment(pc.lastSeenAt, language)],
          [
            text('console-pcs.account'),
            pc.account === '' ? text('console.unknown') : <bdi key="account">{pc.account}</bdi>,
          ],
          [text('console.pcs.version'), <bdi key="version">{pc.agentVersion}</bdi>],
          [text('console-pcs.os'), <bdi key="os">{pc.os}</bdi>],
          [text('console.pcs.queue'), pc.queueLength ?? text('console.unknown')],
          [text('console.pcs.secondsToGate'), <Gate key="gate" pc={pc} />],
          [text('console-pcs.enrolled'), showMoment(pc.enrolledAt, language)],
          [text('console-pcs.id'), <code key="id">{pc.agentId}</code>],
        ]}
      />
      {mayManage ? <LabelForm key={pc.agentId} pc={pc} /> : null}
      <Capabilities pc={pc} />
      <FaultList pc={pc} />
      <GapList pc={pc} />
      <ForkList pc={pc} />
      {mayApprove && pc.state === 'active' ? <OfflineCodePanel agentId={pc.agentId} /> : null}
    </>
  );
}

export function PcPage() {
  const { text } = useWords();
  const { agentId = '' } = useParams();
  const pc = useQuery({ queryKey: ['pc', agentId], queryFn: () => ask(pcRecordSchema, addressOf(agentId)) });
  return (
    <article>
      <p className="no-print">
        <Link to={pageAddresses.pcs}>{text('console-pcs.toList')}</Link>
      </p>
      {pc.isPending ? <Loading /> : null}
      <RefusalNotice error={pc.error} />
      {pc.data === undefined ? null : <PcView pc={pc.data} />}
    </article>
  );
}
