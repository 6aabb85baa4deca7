/** Finds out at start what the administrator has set, who is signed in and on which PC. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import {
  defaultManagedConfig,
  type ManagedConfig,
  parseManagedConfig,
} from '../../shared/config/managed-config.ts';
import type { Machine } from '../../shared/wire/account.ts';
import type { MachinePort } from '../platform/machine/machine-port.ts';
import type {
  ManagedConfigAnswer,
  ManagedConfigPort,
} from '../platform/managed-config/managed-config-port.ts';
import { openSmallStore } from '../storage/small-store.ts';
import type { StorageFault } from '../storage/storage-fault.ts';

export interface StoreOptions {
  /** The agent's own folder, which does not depend on the configuration. */
  readonly directory: string;
  readonly nowUtc: () => Date;
  readonly onFault: (fault: StorageFault) => void;
}

const lastGoodSchema = z.strictObject({ document: z.record(z.string(), z.unknown()) });

/**
 * Absent means the defaults. Invalid and unreadable mean the last good configuration, else the defaults: an
 * administrator's slip never changes what a PC does more than it must, and it is always told.
 */
export async function readConfig(port: ManagedConfigPort, options: StoreOptions): Promise<ManagedConfig> {
  const answer = await port.read();
  if (answer.kind === 'absent') return defaultManagedConfig;

  if (answer.kind === 'loaded') {
    await keepAsLastGood(answer.config, options);
    return answer.config;
  }
  tellUnusable(answer, options);
  const opened = await openLastGood(options);
  const lastGood =
    opened.ok && opened.value.state.found === 'loaded'
      ? parseManagedConfig(opened.value.state.value.document)
      : undefined;
  return lastGood?.ok ? lastGood.value : defaultManagedConfig;
}

const openLastGood = (options: StoreOptions) =>
  openSmallStore({ ...options, name: 'last-good-config', schema: lastGoodSchema });

/** Writes only what is not there already. */
export async function keepAsLastGood(config: ManagedConfig, options: StoreOptions): Promise<void> {
  const opened = await openLastGood(options);
  if (!opened.ok) return;
  const { store, state } = opened.value;
  const document = z.record(z.string(), z.unknown()).parse(config);
  const known = state.found === 'loaded' ? JSON.stringify(state.value.document) : '';
  if (known !== JSON.stringify(document)) await store.write({ document });
}

type UnusableAnswer = Extract<ManagedConfigAnswer, { kind: 'invalid' | 'unreadable' }>;

/** Names each key that is wrong. */
export function tellUnusable(answer: UnusableAnswer, options: Pick<StoreOptions, 'onFault'>): void {
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

const machineIdSchema = z.strictObject({ id: z.uuid() });

/** Where the system has no id to give, one is made once and kept, so that the PC stays one PC for the collector. */
export async function readMachine(port: MachinePort, options: StoreOptions): Promise<Machine> {
  const answer = await port.read();
  if (answer.ok) return answer.value;
  const opened = await openSmallStore({ ...options, name: 'machine-id', schema: machineIdSchema });
  if (opened.ok && opened.value.state.found === 'loaded') {
    return { id: opened.value.state.value.id, ...answer.error.known };
  }
  const id = randomUUID();
  if (opened.ok) await opened.value.store.write({ id });
  return { id, ...answer.error.known };
}

/**
 * Fills in what stands for a part of the person's or the PC's environment: `%USERNAME%` in an administrator's path.
 * A name that is not set is left as it is written, where it is seen.
 */
export function expandVariables(
  path: string,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  return path.replaceAll(/%([A-Za-z0-9_()]+)%/gu, (whole, name: string) => {
    const found = Object.entries(environment).find(([key]) => key.toUpperCase() === name.toUpperCase())?.[1];
    // `USERNAME` is what contract and administrators write; other systems call it `USER`.
    return found ?? (name.toUpperCase() === 'USERNAME' ? environment['USER'] : undefined) ?? whole;
  });
}
