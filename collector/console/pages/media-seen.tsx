/** The devices that PCs have seen: from here a technician issues one without typing its numbers. */
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { type SeenDevice, seenDeviceListSchema } from '../../../shared/console/media.ts';
import { showMoment } from '../../../shared/i18n/show-moment.ts';
import { ask } from '../api/client.ts';
import { type Column, DataTable } from '../components/data-table.tsx';
import { DeviceName } from '../components/device-name.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { Loading } from '../components/loading.tsx';
import { RefusalNotice } from '../components/refusal-notice.tsx';
import { useWords } from '../words/words-context.tsx';

interface Props {
  /** Absent for a person who may not issue. */
  onIssue?(device: SeenDevice): void;
}

function SerialNote({ device }: { readonly device: SeenDevice }) {
  const { text, counted } = useWords();
  if (device.serialQuality === 'hidden') {
    return <span className="second">{text('console-media.seen.hidden')}</span>;
  }
  if (device.serialQuality !== 'good') {
    return <span className="mark mark-limited">{text('console-media.seen.weak')}</span>;
  }
  return device.pcs.length > 1 ? (
    <span className="mark mark-limited">{counted('console-media.seen.several', device.pcs.length)}</span>
  ) : null;
}

function useColumns({ onIssue }: Props): readonly Column<SeenDevice>[] {
  const { text, language } = useWords();
  return [
    {
      id: 'device',
      heading: text('console-media.device'),
      isRowHeading: true,
      cell: (device) => (
        <>
          <DeviceName {...device} />
          <SerialNote device={device} />
        </>
      ),
    },
    {
      id: 'encryption',
      heading: text('console-media.encryption'),
      cell: ({ encryption }) => text(`console-media.verdict.${encryption}`),
    },
    {
      id: 'last',
      heading: text('console-media.seen.last'),
      cell: ({ lastSeenAt }) => <time dateTime={lastSeenAt}>{showMoment(lastSeenAt, language)}</time>,
    },
    {
      id: 'pcs',
      heading: text('console-media.seen.pcs'),
      cell: ({ pcs }) => (
        <ul className="plain">
          {pcs.map(({ agentId, hostname }) => (
            <li key={agentId}>
              <Link to={`/pcs/${encodeURIComponent(agentId)}`}>
                <bdi>{hostname}</bdi>
              </Link>
            </li>
          ))}
        </ul>
      ),
    },
    ...(onIssue === undefined
      ? []
      : [
          {
            id: 'issue',
            heading: text('console-media.end'),
            cell: (device: SeenDevice) =>
              device.isRegistered ? (
                text('console-media.seen.registered')
              ) : device.vendorId === '' ? null : (
                <button type="button" className="button button-small" onClick={() => onIssue(device)}>
                  {text('console-media.seen.issue')}
                  <span className="visually-hidden">: {device.name}</span>
                </button>
              ),
          },
        ]),
  ];
}

export function SeenDevices(props: Props) {
  const { text } = useWords();
  const list = useQuery({
    queryKey: ['media-seen'],
    queryFn: () => ask(seenDeviceListSchema, '/api/media/seen'),
  });
  const columns = useColumns(props);
  const items = list.data?.items ?? [];
  return (
    <>
      <RefusalNotice error={list.error} />
      {list.isPending ? <Loading /> : null}
      {list.isSuccess && items.length === 0 ? (
        <EmptyState title={text('console-media.seen.none')}>
          <p>{text('console-media.seen.none.do')}</p>
        </EmptyState>
      ) : null}
      {items.length > 0 ? (
        <DataTable
          caption={text('console-media.seen.caption')}
          columns={columns}
          rows={items}
          keyOf={({ vendorId, productId, serial, name }) => [vendorId, productId, serial, name].join(' ')}
        />
      ) : null}
    </>
  );
}
