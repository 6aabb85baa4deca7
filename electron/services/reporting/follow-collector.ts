/** Acts on the headers of the collector's answers: follows its log, and forgets what was erased there. */
import { checkpointHeader, forgetBeforeHeader } from '../../../shared/wire/log-note.ts';
import type { Clock } from '../../platform/time/clock.ts';
import type { StorageFault } from '../../storage/storage-fault.ts';
import type { PersonStore } from '../person-store/open-person-store.ts';
import type { CollectorClient } from './collector-client.ts';
import { createLogWatch, type LogWatch } from './log-watch.ts';
import type { Sender } from './sender.ts';

interface FollowOptions {
  readonly store: Pick<PersonStore, 'anchors' | 'identity' | 'outbox' | 'receipts'>;
  readonly clock: Pick<Clock, 'nowUtc'>;
  readonly client: CollectorClient;
  readonly sender: Pick<Sender, 'wake' | 'onChange'>;
  readonly onFault: (fault: StorageFault) => void;
}

const questionDeadlineMs = 10_000;

export interface CollectorFollower {
  /** The headers of one answer. */
  read(headers: Headers): void;
  /** Undefined where the log is not followed. */
  readonly watch: LogWatch | undefined;
}

function watchLog({ store, clock, client, sender, onFault }: FollowOptions): LogWatch | undefined {
  const { anchors, identity, outbox } = store;
  if (anchors === undefined || identity === undefined) return undefined;
  return createLogWatch({
    anchors,
    questions: {
      logCheckpoint: () => client.logCheckpoint(questionDeadlineMs),
      logKeys: () => client.logKeys(questionDeadlineMs),
      logConsistency: (oldSize, size) => client.logConsistency(oldSize, size, questionDeadlineMs),
    },
    collectorUrl: client.collectorUrl,
    school: () => identity.enrolment(client.collectorUrl)?.school ?? '',
    nowUtc: () => clock.nowUtc(),
    onFault,
    async resend() {
      if ((await outbox.resend()) > 0) sender.wake();
    },
  });
}

export function followCollector(options: FollowOptions): CollectorFollower {
  const watch = watchLog(options);
  void watch?.start();
  options.sender.onChange(({ collector, queueLength }) => {
    if (collector === 'reached' && queueLength === 0) void watch?.queueEmptied();
  });
  return {
    watch,
    read(headers) {
      const checkpoint = headers.get(checkpointHeader);
      if (checkpoint !== null) watch?.see(Buffer.from(checkpoint, 'base64').toString('utf8'));
      const before = headers.get(forgetBeforeHeader);
      if (before !== null && !Number.isNaN(Date.parse(before))) {
        void options.store.receipts.forgetBefore(new Date(before).toISOString());
      }
    },
  };
}
