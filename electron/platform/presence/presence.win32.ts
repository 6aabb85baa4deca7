/** On Windows the shell knows presentations and full screens, and the power manager who keeps the display on. */

import { fail, succeed } from '../../../shared/lib/result.ts';
import type { Capability } from '../../../shared/wire/events.ts';
import { describeError } from '../describe-error.ts';
import { loadNative, type Native } from '../native/native.win32.ts';
import { windows } from '../native/windows-numbers.ts';
import { presenceOf } from './presence-of.ts';
import type { PresencePort } from './presence-port.ts';

/** The answer is one 32-bit number of flags. */
const { systemExecutionState } = windows.presence;

export function createWindowsPresencePort(): PresencePort {
  let capability: Capability = { name: 'presence', level: 'full', reason: '' };
  let ask: { readonly notification: () => number; readonly execution: () => number } | undefined;

  return {
    capability: () => capability,
    read: async () => {
      const native = await loadNative();
      if (!native.ok) {
        capability = { name: 'presence', level: 'none', reason: native.error };
        return fail({ kind: 'none', reason: native.error });
      }
      try {
        ask ??= defineCalls(native.value);
        const signals = presenceOf(ask.notification(), ask.execution());
        capability = { name: 'presence', level: 'full', reason: '' };
        return succeed(signals);
      } catch (error) {
        const reason = describeError(error);
        capability = { name: 'presence', level: 'degraded', reason };
        return fail({ kind: 'unreadable', reason });
      }
    },
  };
}

function defineCalls(native: Native) {
  const queryNotificationState = native.define<(state: Buffer) => number>(
    'shell32.dll',
    'SHQueryUserNotificationState',
    'int32_t',
    ['void *'],
  );
  const powerInformation = native.define<
    (level: number, input: null, inputBytes: number, output: Buffer, outputBytes: number) => number
  >('powrprof.dll', 'CallNtPowerInformation', 'int32_t', [
    'int32_t',
    'void *',
    'uint32_t',
    'void *',
    'uint32_t',
  ]);
  const answer = Buffer.alloc(4);
  return {
    notification: () => {
      const result = queryNotificationState(answer);
      if (result !== 0) throw new Error(`SHQueryUserNotificationState: error ${result}`);
      return answer.readInt32LE(0);
    },
    execution: () => {
      const status = powerInformation(systemExecutionState, null, 0, answer, answer.length);
      if (status !== 0) throw new Error(`CallNtPowerInformation: status ${status}`);
      return answer.readUInt32LE(0);
    },
  };
}
