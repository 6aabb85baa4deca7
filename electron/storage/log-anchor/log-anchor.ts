/** The newest checkpoint of the collector's log that this agent has seen, and the key of the log that it has pinned. */
import { z } from 'zod';
import { type Result, succeed } from '../../../shared/lib/result.ts';
import { maxNoteCharacters } from '../../../shared/wire/log-note.ts';
import { openSmallStore, type SmallStoreProblem } from '../small-store.ts';
import type { StorageFault, WriteProblem } from '../storage-fault.ts';

const noteSchema = z.string().max(maxNoteCharacters);

const anchorSchema = z.object({
  /** Another collector or school has another log. */
  collectorUrl: z.string().max(2048),
  school: z.string().max(128),
  /** The first key that was seen, or one that a pinned key has named as its successor. */
  verifierKey: z.string().max(1000),
  checkpoint: noteSchema,
  /** The collector has lost what it had, and this PC has not sent all of it again yet. */
  isResendDue: z.boolean(),
  /** Pairs of checkpoints that do not fit together: both are kept, oldest first. */
  conflicts: z.array(z.object({ kept: noteSchema, seen: noteSchema, seenAt: z.iso.datetime() })).max(20),
});
export type LogAnchor = z.infer<typeof anchorSchema>;

const storeSchema = z.object({ anchors: z.array(anchorSchema).max(10) });
const mostAnchors = 10;

export interface LogAnchorStore {
  /** Undefined before the first checkpoint of that log. */
  find(collectorUrl: string, school: string): LogAnchor | undefined;
  /** It applies at once; the result says whether it is on disk. */
  save(anchor: LogAnchor): Promise<Result<undefined, WriteProblem>>;
}

export async function openLogAnchors(options: {
  readonly directory: string;
  readonly nowUtc: () => Date;
  readonly onFault: (fault: StorageFault) => void;
}): Promise<Result<LogAnchorStore, SmallStoreProblem>> {
  const opened = await openSmallStore({ ...options, name: 'log-anchor', schema: storeSchema });
  if (!opened.ok) return opened;
  const { store, state } = opened.value;
  let anchors = state.found === 'loaded' ? state.value.anchors : [];
  const isOf = (anchor: LogAnchor, collectorUrl: string, school: string): boolean =>
    anchor.collectorUrl === collectorUrl && anchor.school === school;
  return succeed({
    find: (collectorUrl, school) => anchors.find((anchor) => isOf(anchor, collectorUrl, school)),
    save(anchor) {
      const others = anchors.filter((one) => !isOf(one, anchor.collectorUrl, anchor.school));
      anchors = [...others, anchor].slice(-mostAnchors);
      return store.write({ anchors });
    },
  });
}
