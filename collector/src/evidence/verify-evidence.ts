/** Verifies all evidence of a database: the log, every record, every day, every history, and the tables beside them. */
import { type Checkpoint, openCheckpoint } from '../log/checkpoint.ts';
import type { TreeEdge } from '../log/tiles.ts';
import { edgeAt, readSignedHeads, type SignedHeads, walkTree, wholeLog } from '../log/verify-log.ts';
import { createEvidenceRepository, type EvidenceRepository } from '../repositories/evidence.ts';
import { type ChainHead, createEvidenceChainRepository } from '../repositories/evidence-chain.ts';
import { createLogRepository, type LogRepository } from '../repositories/log.ts';
import type { CollectorDatabase } from '../storage/storage.ts';
import { checkPending, type DoubtfulRecord, type LeavesReport } from './check-leaves.ts';
import { checkTables } from './check-tables.ts';
import { createFindings, type Finding, type Report } from './finding.ts';
import { type ChainReport, verifyChain } from './verify-chain.ts';
import { createPoolHere, createVerifyPool, type VerifyPool, type VerifySource } from './verify-pool.ts';
import { createTaskRunner, readContext, type VerifyTask } from './verify-tasks.ts';

/** A multiple of the width of a tile. */
const leavesPerTask = 2560;
const agentsPerTask = 50;
/** Fewer are checked before a thread has started. */
const fewestForThreads = 5000;
const mostListed = 20;
const highest = Number.MAX_SAFE_INTEGER;

/** What an earlier verification has found whole. */
export interface VerifiedState {
  /** A signed checkpoint. */
  readonly checkpoint: string;
  /** Position of the newest event then. */
  readonly position: number;
}

export interface VerifyOptions {
  /** Signed checkpoints that were kept outside the database. */
  readonly kept: readonly string[];
  /** Undefined: verify everything from the start. */
  readonly verified: VerifiedState | undefined;
  /** A head of the chain that the technician wrote down. */
  readonly writtenDown: ChainHead | undefined;
  /** Where threads find the database; undefined: no threads. */
  readonly source: VerifySource | undefined;
  readonly onProgress?: (done: number, all: number) => void;
}

export interface EvidenceReport {
  readonly findings: readonly Finding[];
  /** Acknowledgements that were checked, by the verdict on their signature. */
  readonly verdicts: ReadonlyMap<string, number>;
  readonly doubtful: readonly DoubtfulRecord[];
  /** Other events that were checked. */
  readonly otherEvents: number;
  /** Other events whose text was erased, as the log says. */
  readonly erasedEvents: number;
  /** Leaves of the log; the walk started at `from`. */
  readonly size: number;
  readonly from: number;
  /** Records that wait to be taken into the log. */
  readonly waiting: number;
  /** The newest signed checkpoint; empty before the first. */
  readonly checkpoint: string;
  readonly position: number;
  /** Undefined where the database has no chain, or it was verified before. */
  readonly chain: ChainReport | undefined;
}

function* leafTasks(from: number, end: number): Generator<VerifyTask> {
  for (let start = from; start < end; ) {
    const next = Math.min(end, (Math.floor(start / leavesPerTask) + 1) * leavesPerTask);
    yield { kind: 'leaves', from: start, end: next };
    start = next;
  }
}

async function historyTasks(repository: EvidenceRepository, position: number): Promise<VerifyTask[]> {
  if (position > 0) {
    return (await repository.newHistories(position)).map(({ agentId, sequence }) => ({
      kind: 'history',
      // One event before the new ones, because they name it.
      after: { agentId, sequence: Math.max(0, sequence - 2), fork: highest },
      lastAgentId: agentId,
    }));
  }
  const agents = await repository.agentIds();
  const tasks: VerifyTask[] = [];
  let after = '';
  for (let start = 0; start < agents.length; start += agentsPerTask) {
    const last = agents[start + agentsPerTask - 1];
    tasks.push({
      kind: 'history',
      after: { agentId: after, sequence: after === '' ? 0 : highest, fork: after === '' ? -1 : highest },
      lastAgentId: last,
    });
    after = last ?? '';
  }
  // Without the row of their agent, events have a history too.
  return tasks.length === 0
    ? [{ kind: 'history', after: { agentId: '', sequence: 0, fork: -1 }, lastAgentId: undefined }]
    : tasks;
}

/** Days whose leaf is among those that are checked, and days without a leaf. */
async function dayTasks(repository: EvidenceRepository, from: number): Promise<VerifyTask[]> {
  const days = await repository.days();
  return days
    .filter(({ leaf }) => leaf === null || leaf >= from)
    .map(({ schoolId, day }) => ({ kind: 'day', schoolId, day }));
}

interface Start {
  readonly edge: TreeEdge;
  /** 0: everything is new. */
  readonly position: number;
  readonly checkpoint: Checkpoint | undefined;
}

/** Behind what was verified before; at the first leaf where the stored tree does not start with it. */
async function findStart(
  log: LogRepository,
  signed: SignedHeads,
  verified: VerifiedState | undefined,
  found: Report,
): Promise<Start> {
  const whole: Start = { edge: wholeLog, position: 0, checkpoint: undefined };
  if (verified === undefined) return whole;
  const checkpoint = openCheckpoint(verified.checkpoint, ...signed.verifierKeys);
  if (checkpoint === undefined) {
    found('altered', {}, 'the key of the log: it did not sign the checkpoint that was verified before');
    return whole;
  }
  const edge = (signed.newest?.size ?? 0) < checkpoint.size ? undefined : await edgeAt(log, checkpoint);
  // The walk from the first leaf names what is missing, because the checkpoint is compared there too.
  return edge === undefined ? { ...whole, checkpoint } : { edge, position: verified.position, checkpoint };
}

function mergeVerdicts(into: Map<string, number>, verdicts: LeavesReport['verdicts']): void {
  for (const [verdict, count] of verdicts) into.set(verdict, (into.get(verdict) ?? 0) + count);
}

/** Never writes. Rejects with CollectorError where the database cannot be read. */
export async function verifyEvidence(
  database: CollectorDatabase,
  options: VerifyOptions,
): Promise<EvidenceReport> {
  const repository = createEvidenceRepository(database);
  const log = createLogRepository(database);
  const { findings, found, isFull } = createFindings();
  const position = await repository.lastPosition();
  const signed = await readSignedHeads(log, options.kept, found);
  const start = await findStart(log, signed, options.verified, found);
  const heads =
    start.checkpoint === undefined ? signed : { ...signed, kept: [...signed.kept, start.checkpoint] };
  const end = signed.newest?.size ?? 0;
  const from = start.edge.size;
  const isShort = end - from + (position - start.position) < fewestForThreads;
  const pool: VerifyPool =
    isShort || options.source === undefined
      ? createPoolHere(createTaskRunner(database))
      : createVerifyPool(options.source);
  const verdicts = new Map<string, number>();
  const doubtful: DoubtfulRecord[] = [];
  let [otherEvents, erasedEvents] = [0, 0];
  try {
    let done = 0;
    const parts = (async function* () {
      for await (const report of pool.run(leafTasks(from, end))) {
        if (report.kind !== 'leaves') continue;
        done += report.indexes.length;
        options.onProgress?.(from + done, end);
        yield report;
      }
    })();
    const onPart = (part: LeavesReport): number => {
      mergeVerdicts(verdicts, part.verdicts);
      doubtful.push(...part.doubtful);
      findings.push(...part.findings);
      return part.findings.length;
    };
    await walkTree({ repository: log, signed: heads, start: start.edge, parts, onPart }, found);
    const context = await readContext(repository);
    const pending = await checkPending(repository, context);
    mergeVerdicts(verdicts, pending.verdicts);
    doubtful.push(...pending.doubtful);
    findings.push(...pending.findings);
    for (const leaf of await log.behindHead(mostListed)) {
      found('inserted', leaf, 'behind the end of the signed log');
    }
    const chainRepository = createEvidenceChainRepository(database);
    const chain =
      start.position > 0 || (await chainRepository.isEmpty())
        ? undefined
        : await verifyChain(chainRepository, context, {
            ...(options.writtenDown === undefined ? {} : { writtenDown: options.writtenDown }),
          });
    findings.push(...(chain?.findings ?? []));
    const tasks = [
      ...(await dayTasks(repository, from)),
      ...(await historyTasks(repository, start.position)),
    ];
    for await (const report of pool.run(tasks)) {
      findings.push(...report.findings);
      if (report.kind === 'day') {
        otherEvents += report.events;
        erasedEvents += report.erased;
      }
      if (isFull()) break;
    }
    if (!isFull()) await checkTables(repository, start.position, context.erased.ids, found);
    return {
      findings: findings.toSorted(byLeaf),
      verdicts,
      doubtful: doubtful.slice(0, mostListed),
      otherEvents,
      erasedEvents,
      size: end,
      from,
      waiting: pending.count,
      checkpoint: signed.newest === undefined ? '' : signed.newestText,
      position,
      chain,
    };
  } finally {
    await pool.close();
  }
}

/** Findings with a leaf come first, in the order of the log. */
function byLeaf(left: Finding, right: Finding): number {
  return (left.leaf ?? highest) - (right.leaf ?? highest) || (left.place ?? 0) - (right.place ?? 0);
}
