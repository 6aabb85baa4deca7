/** Reads the managed configuration, and keeps the last good one for the case that it becomes unreadable. */
import { z } from 'zod';
import {
  defaultManagedConfig,
  type ManagedConfig,
  parseManagedConfig,
} from '../../../shared/config/managed-config.ts';
import type {
  ManagedConfigAnswer,
  ManagedConfigPort,
} from '../../platform/managed-config/managed-config-port.ts';
import { openSmallStore } from '../../storage/small-store.ts';
import type { StorageFault } from '../../storage/storage-fault.ts';

export interface StoreOptions {
  /** The agent's own folder: its place does not depend on the configuration. */
  readonly directory: string;
  readonly nowUtc: () => Date;
  readonly onFault: (fault: StorageFault) => void;
}

/** The last writing of the last good configuration: two at once would share a temporary file. */
let keeping: Promise<void> = Promise.resolve();

const lastGoodSchema = z.strictObject({ document: z.record(z.string(), z.unknown()) });

/**
 * Absent gives the defaults. Invalid and unreadable give the last good configuration, else the defaults, and are always
 * reported: an administrator's mistake changes as little as possible on a PC.
 */
export async function readConfig(port: ManagedConfigPort, options: StoreOptions): Promise<ManagedConfig> {
  const answer = await port.read();
  if (answer.kind === 'absent') return defaultManagedConfig;

  if (answer.kind === 'loaded') {
    // No login waits for a disk here. A write that fails, or that a kill prevents, comes again at the next start.
    void keepAsLastGood(answer.config, options);
    return answer.config;
  }
  reportUnusable(answer, options);
  await keeping;
  const opened = await openLastGood(options);
  const lastGood =
    opened.ok && opened.value.state.found === 'loaded'
      ? parseManagedConfig(opened.value.state.value.document)
      : undefined;
  return lastGood?.ok ? lastGood.value : defaultManagedConfig;
}

const openLastGood = (options: StoreOptions) =>
  openSmallStore({ ...options, name: 'last-good-config', schema: lastGoodSchema });

/** Writes nothing where the file holds this configuration already. One call after the other. Never rejects. */
export function keepAsLastGood(config: ManagedConfig, options: StoreOptions): Promise<void> {
  const kept = keeping.then(() => keep(config, options));
  keeping = kept;
  return kept;
}

async function keep(config: ManagedConfig, options: StoreOptions): Promise<void> {
  const opened = await openLastGood(options);
  if (!opened.ok) return;
  const { store, state } = opened.value;
  const document = z.record(z.string(), z.unknown()).parse(config);
  const known = state.found === 'loaded' ? JSON.stringify(state.value.document) : '';
  if (known !== JSON.stringify(document)) await store.write({ document });
}

type UnusableAnswer = Extract<ManagedConfigAnswer, { kind: 'invalid' | 'unreadable' }>;

/** Reports each key that is wrong. */
export function reportUnusable(answer: UnusableAnswer, options: Pick<StoreOptions, 'onFault'>): void {
  for (const fault of describeAnswer(answer)) options.onFault(fault);
}

function describeAnswer(answer: UnusableAnswer): StorageFault[] {
  const kept = 'The last good configuration stays in force.';
  if (answer.kind === 'unreadable') {
    return [{ fault: 'config-unreadable', subject: 'configuration', reason: `${answer.reason} ${kept}` }];
  }
  return answer.problems.map(({ key, reason }) => ({
    fault: 'config-invalid',
    subject: key === '' ? 'configuration' : key,
    reason: `${reason}. ${kept}`,
  }));
}
