/**
 * Tells the logon script that waits for the gate (`build/msi/watchdog/watchdog.c`, `--before-desktop`) that it may end. Windows
 * starts the desktop then.
 */
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import { describeError } from '../describe-error.ts';
import { loadNative, type Native } from '../native/native.win32.ts';
import type { DesktopHoldPort } from './desktop-hold-port.ts';

/** The same as in watchdog.c. `Local\\` is the namespace of one session. */
const eventName = 'Local\\Porthor.GateSettled';
const mayModifyState = 0x0002;

export function createWindowsDesktopHoldPort(): DesktopHoldPort {
  // Kept open as long as the agent runs: a script that starts later finds the event set.
  let event: bigint | null = null;
  return {
    release: async (): Promise<Result<undefined, string>> => {
      if (event !== null) return succeed(undefined);
      const native = await loadNative();
      if (!native.ok) return native;
      try {
        event = openSetEvent(native.value);
        return event === null ? fail('Windows gave no event for the logon script') : succeed(undefined);
      } catch (error) {
        return fail(describeError(error));
      }
    },
  };
}

/** The script lets others set its event, and do nothing else with it. So it is opened for that alone. */
function openSetEvent(native: Native): bigint | null {
  const kernel = 'kernel32.dll';
  const open = native.define<(access: number, inherit: number, name: string) => bigint | null>(
    kernel,
    'OpenEventW',
    'void *',
    ['uint32_t', 'int32_t', 'str16'],
  );
  const create = native.define<
    (security: null, isManual: number, isSet: number, name: string) => bigint | null
  >(kernel, 'CreateEventW', 'void *', ['void *', 'int32_t', 'int32_t', 'str16']);
  const set = native.define<(event: bigint) => number>(kernel, 'SetEvent', 'int32_t', ['void *']);
  const find = () => open(mayModifyState, 0, eventName);
  // The script may create the event between the two calls.
  const event = find() ?? create(null, 1, 1, eventName) ?? find();
  return event !== null && set(event) !== 0 ? event : null;
}
