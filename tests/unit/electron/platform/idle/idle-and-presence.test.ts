import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { readIdleSeconds } from '../../../../../electron/platform/idle/idle.electron.ts';
import { createLinuxIdlePort } from '../../../../../electron/platform/idle/idle.linux.ts';
import { parseGameControllers } from '../../../../../electron/platform/idle/parse-input-devices.ts';
import { parseInhibitors } from '../../../../../electron/platform/logind/parse-busctl.ts';
import { presenceOf } from '../../../../../electron/platform/presence/presence-of.ts';
import { fail, succeed } from '../../../../../shared/lib/result.ts';

/** In the kernel's format: a keyboard, a controller on USB, and one without a name. */
const inputDevices = `I: Bus=0011 Vendor=0001 Product=0001 Version=ab41
N: Name="AT Translated Set 2 keyboard"
P: Phys=isa0060/serio0/input0
H: Handlers=sysrq kbd event0 leds
B: EV=120013

I: Bus=0003 Vendor=045e Product=028e Version=0114
N: Name="Microsoft X-Box 360 pad"
P: Phys=usb-0000:00:14.0-2/input0
H: Handlers=event19 js0
B: EV=20000b

I: Bus=0003 Vendor=0079 Product=0006 Version=0110
N: Name=""
H: Handlers=js1 event20
B: EV=1b
`;

let folder = '';
afterEach(async () => {
  if (folder !== '') await rm(folder, { recursive: true });
  folder = '';
});

const x11 = { XDG_SESSION_TYPE: 'x11', DISPLAY: ':0' };
const portWith = (environment: NodeJS.ProcessEnv, inputDevicesFile = '/nonexistent') =>
  createLinuxIdlePort({
    environment,
    readSeconds: () => Promise.resolve(succeed(7)),
    inputDevicesFile,
  });

describe('idle time on Linux', () => {
  it('is read from the X server', async () => {
    const port = portWith(x11);
    expect(await port.readSeconds()).toEqual({ ok: true, value: 7 });
    expect(port.capability()).toEqual({ name: 'idle', level: 'full', reason: '' });
    expect(await port.readSystemLimit()).toEqual({ ok: true, value: undefined });
  });

  it.each([{ ...x11, XDG_SESSION_TYPE: 'wayland' }, { ...x11, WAYLAND_DISPLAY: 'wayland-0' }, {}])(
    'is not taken from an X server that does not see every key: %o',
    async (environment) => {
      const port = portWith(environment);
      expect(await port.readSeconds()).toMatchObject({ ok: false, error: { kind: 'none' } });
      expect(port.capability().level).toBe('none');
    },
  );

  it('is degraded when reading fails, with the reason', async () => {
    const port = createLinuxIdlePort({
      environment: x11,
      readSeconds: () => Promise.resolve(fail({ kind: 'unreadable', reason: 'no extension' })),
      inputDevicesFile: '/nonexistent',
    });
    await port.readSeconds();
    expect(port.capability()).toEqual({ name: 'idle', level: 'degraded', reason: 'no extension' });
  });

  it('is a problem and not an exception outside Electron', async () => {
    expect(await readIdleSeconds()).toMatchObject({ ok: false, error: { kind: 'unreadable' } });
  });

  it('may be kept low by game controllers, which the port names by model', async () => {
    expect(parseGameControllers(inputDevices)).toEqual([
      'Microsoft X-Box 360 pad (045e:028e)',
      'unnamed (0079:0006)',
    ]);
    expect(parseGameControllers('')).toEqual([]);
    folder = await mkdtemp(path.join(tmpdir(), 'porthor-input-'));
    const file = path.join(folder, 'devices');
    await writeFile(file, inputDevices);
    expect(await portWith(x11, file).findGameControllers()).toHaveLength(2);
    expect(await portWith(x11).findGameControllers()).toEqual([]);
  });
});

describe('a watching user', () => {
  it('is recognised on Windows by the shell’s state and by programs that keep the display on', () => {
    const kinds = (shell: number, power: number) => presenceOf(shell, power).map(({ kind }) => kind);
    expect(kinds(5, 0)).toEqual([]);
    expect(kinds(1, 0x1)).toEqual([]);
    expect(kinds(2, 0), 'overlays and hidden taskbars look the same').toEqual([]);
    expect(kinds(2, 0x2)).toEqual(['full-screen', 'display-required']);
    expect(kinds(3, 0)).toEqual(['full-screen']);
    expect(kinds(3, 0x3)).toEqual(['full-screen', 'display-required']);
    expect(kinds(4, 0)).toEqual(['presentation']);
    expect(kinds(5, 0x8000_0002)).toEqual(['display-required']);
    expect(kinds(99, 0)).toEqual([]);
  });

  it('is recognised on Linux by the list of inhibitors that busctl prints', () => {
    const printed =
      '{"type":"a(ssssuu)","data":[[["sleep","NetworkManager","needs to turn off networks","delay",0,512],["idle","A film","Playing","block",1000,4711]]]}';
    expect(parseInhibitors(printed)).toEqual([
      { what: 'sleep', who: 'NetworkManager', mode: 'delay', uid: 0 },
      { what: 'idle', who: 'A film', mode: 'block', uid: 1000 },
    ]);
    expect(parseInhibitors('{"type":"a(ssssuu)","data":[[]]}')).toEqual([]);
    expect(parseInhibitors('{"type":"s","data":["x"]}')).toBeUndefined();
    expect(parseInhibitors('not json')).toBeUndefined();
  });
});
