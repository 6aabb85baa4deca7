/** Reads which PC this is. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Machine } from '../../../shared/wire/account.ts';
import type { MachinePort } from '../../platform/machine/machine-port.ts';
import { openSmallStore } from '../../storage/small-store.ts';
import type { StoreOptions } from '../managed-config/read-config.ts';

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
