/** The event that lets the desktop start: set by the agent, whether or not the logon script waits already. */
import { beforeAll, describe, expect, it } from 'vitest';
import { createWindowsDesktopHoldPort } from '../../../electron/platform/desktop-hold/desktop-hold.win32.ts';
import { loadNative, type Native } from '../../../electron/platform/native/native.win32.ts';

const name = 'Local\\Porthor.GateSettled';
const signalled = 0;
const timedOut = 258;
const synchronize = 0x0010_0000;

describe('the desktop that waits for the gate', () => {
  let native: Native;
  beforeAll(async () => {
    const loaded = await loadNative();
    if (!loaded.ok) throw new Error(loaded.error);
    native = loaded.value;
  });

  const state = () => {
    const open = native.define<(access: number, inherit: number, name: string) => bigint | null>(
      'kernel32.dll',
      'OpenEventW',
      'void *',
      ['uint32_t', 'int32_t', 'str16'],
    );
    const wait = native.define<(event: bigint, ms: number) => number>(
      'kernel32.dll',
      'WaitForSingleObject',
      'uint32_t',
      ['void *', 'uint32_t'],
    );
    const event = open(synchronize, 0, name);
    return event === null ? undefined : wait(event, 0);
  };

  it('is let go where the script waits already', async () => {
    const create = native.define<
      (security: null, manual: number, set: number, name: string) => bigint | null
    >('kernel32.dll', 'CreateEventW', 'void *', ['void *', 'int32_t', 'int32_t', 'str16']);
    const close = native.define<(event: bigint) => number>('kernel32.dll', 'CloseHandle', 'int32_t', [
      'void *',
    ]);
    expect(state()).toBeUndefined();
    const event = create(null, 1, 0, name);
    expect(state()).toBe(timedOut);
    const port = createWindowsDesktopHoldPort();
    expect(await port.release()).toEqual({ ok: true, value: undefined });
    expect(state()).toBe(signalled);
    // The agent keeps it for a script that starts later.
    if (event !== null) close(event);
    expect(state()).toBe(signalled);
    expect(await port.release()).toEqual({ ok: true, value: undefined });
  });
});
