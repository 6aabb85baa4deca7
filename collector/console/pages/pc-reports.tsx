/** What one PC reported, in lists: what works, faults, missing numbers, and numbers that it used twice. */

import type { PcRecord } from '../../../shared/console/pcs.ts';
import type { ConsoleKey } from '../../../shared/i18n/console-words.ts';
import { createSelfCheckWords } from '../../../shared/i18n/self-check-words.ts';
import { showMoment } from '../../../shared/i18n/show-moment.ts';
import { itemWords } from '../../../shared/self-check/item-words.ts';
import { type Column, DataTable } from '../components/data-table.tsx';
import { useWords } from '../words/words-context.tsx';

type Capability = PcRecord['capabilities'][number];

/** Parts that the self-check has no line for. */
const otherParts: Readonly<Record<string, ConsoleKey>> = {
  network: 'console-pcs.part.network',
  restart: 'console-pcs.part.restart',
  'window-state': 'console-pcs.part.windowState',
};

function isChecked(name: string): name is keyof typeof itemWords {
  return Object.hasOwn(itemWords, name);
}

/** The name of a part as people say it; an unknown one as in the log. */
function PartName({ name }: Pick<Capability, 'name'>) {
  const { text, language } = useWords();
  const other = otherParts[name];
  if (other !== undefined) return text(other);
  const checked = name === 'managed-config' ? 'configuration' : name;
  if (isChecked(checked)) return createSelfCheckWords(language)(itemWords[checked]);
  return <span lang="en-GB">{name}</span>;
}

const levelMarks = { full: 'mark mark-good', degraded: 'mark mark-limited', none: 'mark mark-bad' } as const;

interface ListProps<Row> {
  readonly heading: string;
  /** What the list means; shown where it has rows. */
  readonly what?: string;
  readonly none: string;
  readonly rows: readonly Row[];
  readonly columns: readonly Column<Row>[];
  keyOf(row: Row): string;
}

function ReportList<Row>({ heading, what, none, rows, columns, keyOf }: ListProps<Row>) {
  return (
    <section className="report">
      <h2>{heading}</h2>
      {rows.length === 0 ? <p className="quiet">{none}</p> : null}
      {rows.length > 0 && what !== undefined ? <p>{what}</p> : null}
      {rows.length > 0 ? <DataTable caption={heading} columns={columns} rows={rows} keyOf={keyOf} /> : null}
    </section>
  );
}

interface Props {
  readonly pc: PcRecord;
}

export function Capabilities({ pc }: Props) {
  const { text } = useWords();
  return (
    <ReportList
      heading={text('console-pcs.capabilities')}
      none={text('console-pcs.capabilities.none')}
      rows={pc.capabilities}
      keyOf={({ name }) => name}
      columns={[
        {
          id: 'part',
          heading: text('console-pcs.part'),
          isRowHeading: true,
          cell: ({ name }) => <PartName name={name} />,
        },
        {
          id: 'level',
          heading: text('console-pcs.level'),
          cell: ({ level }) => (
            <span className={levelMarks[level]}>{text(`console-pcs.level.${level}`)}</span>
          ),
        },
        {
          id: 'reason',
          heading: text('console-pcs.reason'),
          cell: ({ reason }) => (
            <bdi className="long" lang="en-GB">
              {reason}
            </bdi>
          ),
        },
      ]}
    />
  );
}

export function FaultList({ pc }: Props) {
  const { text, language } = useWords();
  return (
    <ReportList
      heading={text('console-pcs.faults')}
      none={text('console-pcs.faults.none')}
      rows={pc.faultList.map((fault, place) => ({ ...fault, place }))}
      keyOf={({ place }) => String(place)}
      columns={[
        {
          id: 'fault',
          heading: text('console-pcs.fault'),
          isRowHeading: true,
          cell: ({ fault, subject }) => (
            <>
              <code>{fault}</code>
              <bdi className="second">{subject}</bdi>
            </>
          ),
        },
        {
          id: 'when',
          heading: text('console.when'),
          cell: ({ at }) => <time dateTime={at}>{showMoment(at, language)}</time>,
        },
        {
          id: 'reason',
          heading: text('console-pcs.reason'),
          cell: ({ reason }) => (
            <bdi className="long" lang="en-GB">
              {reason}
            </bdi>
          ),
        },
      ]}
    />
  );
}

export function GapList({ pc }: Props) {
  const { text, language } = useWords();
  return (
    <ReportList
      heading={text('console-pcs.gaps')}
      what={text('console-pcs.gaps.what')}
      none={text('console-pcs.gaps.none')}
      rows={pc.gapList}
      keyOf={({ first }) => String(first)}
      columns={[
        {
          id: 'numbers',
          heading: text('console-pcs.numbers'),
          isRowHeading: true,
          cell: ({ first, last }) => (first === last ? String(first) : `${first}–${last}`),
        },
        {
          id: 'noticed',
          heading: text('console-pcs.noticed'),
          cell: ({ noticedAt }) => <time dateTime={noticedAt}>{showMoment(noticedAt, language)}</time>,
        },
      ]}
    />
  );
}

export function ForkList({ pc }: Props) {
  const { text, language } = useWords();
  return (
    <ReportList
      heading={text('console-pcs.forks')}
      what={text('console-pcs.forks.what')}
      none={text('console-pcs.forks.none')}
      rows={pc.forkList.map((fork, place) => ({ ...fork, place }))}
      keyOf={({ place }) => String(place)}
      columns={[
        {
          id: 'number',
          heading: text('console-pcs.number'),
          isRowHeading: true,
          cell: ({ sequence }) => String(sequence),
        },
        { id: 'kind', heading: text('console-pcs.kind'), cell: ({ type }) => <code>{type}</code> },
        {
          id: 'received',
          heading: text('console.received'),
          cell: ({ receivedAt }) => <time dateTime={receivedAt}>{showMoment(receivedAt, language)}</time>,
        },
      ]}
    />
  );
}
