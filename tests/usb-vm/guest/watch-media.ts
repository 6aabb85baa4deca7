/**
 * The agent's own device watching inside the virtual machine: prints each change and answers requests. It has no window and
 * no collector. All parts between the kernel and the first decision are the real ones.
 */
import { readdirSync, readlinkSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { evaluateDevice } from '../../../electron/domain/media/evaluate-device.ts';
import { gatherDevices } from '../../../electron/domain/media/gather-devices.ts';
import { emptyTracker, trackInsertions } from '../../../electron/domain/media/track-insertions.ts';
import { createPlatform } from '../../../electron/platform/create-platform.ts';
import { createMediaService } from '../../../electron/services/media/media-service.ts';
import { defaultManagedConfig } from '../../../shared/config/managed-config.ts';
import type { Device } from '../../../shared/device/device.ts';
import type { Drive } from '../../../shared/device/drive.ts';
import type { UsbDevice } from '../../../shared/device/usb-device.ts';
import { succeed } from '../../../shared/lib/result.ts';

const say = (value: unknown) => {
  process.stdout.write(`${JSON.stringify(value)}\n`);
};

const platform = await createPlatform({ isPackaged: true, developmentConfigFile: undefined });
const { usb, volumes, eject, antiVirus } = await platform.removableMedia();

/** On the kernel's own clock, so that tests can compare it with times from other programs of this machine. */
const monotonicMs = () => Number(process.hrtime.bigint()) / 1e6;

const config = defaultManagedConfig.media;

let drives: readonly Drive[] = [];
let watchState = emptyTracker;
let lookings = 0;
let looking = false;
let again = false;
let lastSaid = '';
let callOffLook: () => void = () => undefined;

/** Runs one refresh at a time: changes that arrive meanwhile cause another one right after. */
function look(): void {
  if (looking) {
    again = true;
    return;
  }
  looking = true;
  void lookOnce().finally(() => {
    looking = false;
    if (!again) return;
    again = false;
    look();
  });
}

async function lookOnce(): Promise<void> {
  lookings += 1;
  const devices = await usb.list();
  const answer = await volumes.list();
  if (!answer.ok || !devices.ok) {
    say({ said: 'problem', reasons: [devices, answer] });
    return;
  }
  drives = answer.value;
  const media = gatherDevices(devices.value, drives, config);
  const observed = trackInsertions(watchState, media, platform.clock.monotonicMs());
  watchState = observed.tracker;
  const atMs = monotonicMs();
  for (const { number, arrival, device } of observed.arrived) {
    say({ said: 'incident', atMs, number, arrival, device: describe(device, media) });
  }
  for (const { number } of observed.ended) say({ said: 'ended', atMs, number });
  const now = JSON.stringify(media.map((device) => describe(device, media)));
  if (now !== lastSaid) {
    lastSaid = now;
    say({ said: 'media', atMs, media: media.map((device) => describe(device, media)) });
  }
  callOffLook();
  if (observed.refreshAtMs === undefined) return;
  callOffLook = platform.clock.setTimer(observed.refreshAtMs - platform.clock.monotonicMs(), look);
}

function describe(device: Device, pluggedIn: readonly Device[]) {
  const evaluation = evaluateDevice(device, {
    settings: config,
    sources: [],
    pluggedIn,
    now: platform.clock.nowUtc(),
  });
  return {
    port: device.port,
    kind: device.kind,
    bus: device.bus,
    serial: device.serial,
    serialQuality: evaluation.serialQuality,
    isReady: device.isReady,
    driveKeys: device.driveKeys,
    encryption: evaluation.encryption,
    problems: evaluation.problems,
    volumes: evaluation.volumes.map(({ key, encryption, fileSystem, label, probeName, mountPoints }) => ({
      key,
      encryption,
      fileSystem,
      label,
      probeName,
      mountPoints,
    })),
  };
}

/** The agent's own service without window and outbox: prints what the service reports. */
const service = createMediaService({
  usb,
  volumes,
  eject,
  antiVirus,
  clock: platform.clock,
  settings: () => ({ ...config, mode: 'audit' }),
  canAsk: false,
  register: () => [],
  offline: { entries: () => [], use: () => Promise.resolve('not-available') },
  answers: () => [],
  account: () => ({ name: 'agent', domain: 'VM', sid: '', upn: '', displayName: '' }),
  machine: { id: 'virtual', hostname: 'virtual', os: 'Linux' },
  isInFront: () => Promise.resolve(true),
  language: () => 'en-GB',
  surface: { prepare: () => undefined, show: () => undefined, hide: () => undefined },
  report: ({ type, data }) => {
    say({ said: 'reported', type, data });
    return Promise.resolve(succeed(undefined));
  },
  onAsked: () => undefined,
  onFault: (fault) => say({ said: 'problem', reasons: [fault] }),
  log: () => undefined,
});

const tell = (said: string) => (device: UsbDevice) => {
  say({ said, atMs: monotonicMs(), device });
  look();
};

/** File descriptors counted by kind, because some of Node's own come and go. */
function countHandles(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const descriptor of readdirSync('/proc/self/fd')) {
    let kind: string;
    try {
      kind = readlinkSync(`/proc/self/fd/${descriptor}`).replace(/[:[].*/u, '');
    } catch {
      continue;
    }
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

const usbWatch = await usb.watch({ onArrived: tell('arrived'), onDeparted: tell('departed') });
const volumesWatch = await volumes.watch(look);
look();
await service.start();

const requestSchema = z.object({ id: z.number(), ask: z.string(), key: z.string().optional() });

createInterface({ input: process.stdin }).on('line', (line) => {
  void answerTo(line);
});

async function answerTo(line: string): Promise<void> {
  const request = requestSchema.safeParse(safeJson(line)).data;
  if (request === undefined) return;
  const { id } = request;
  switch (request.ask) {
    case 'devices': {
      const devices = await usb.list();
      say({ said: 'answer', id, answer: devices.ok ? devices.value : devices.error });
      return;
    }
    case 'drives': {
      const answer = await volumes.list();
      say({ said: 'answer', id, answer: answer.ok ? answer.value : answer.error });
      return;
    }
    case 'counts':
      say({
        said: 'answer',
        id,
        answer: {
          descriptors: countHandles(),
          resources: process.getActiveResourcesInfo(),
          cpuMs: (process.cpuUsage().user + process.cpuUsage().system) / 1000,
          upMs: performance.now(),
          rssKiB: Math.round(process.memoryUsage.rss() / 1024),
          lookings,
        },
      });
      return;
    case 'eject': {
      const drive = drives.find(({ key }) => key === request.key);
      const answer = drive === undefined ? undefined : await eject.eject(drive);
      say({ said: 'answer', id, answer: answer ?? 'no such drive' });
      return;
    }
    case 'end':
      callOffLook();
      await service.stop();
      if (usbWatch.ok) await usbWatch.value();
      if (volumesWatch.ok) await volumesWatch.value();
      // Node releases closed handles in a later turn of the event loop.
      for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      say({
        said: 'answer',
        id,
        answer: { descriptors: countHandles(), resources: process.getActiveResourcesInfo() },
      });
      return;
  }
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

say({
  said: 'ready',
  uid: process.getuid?.(),
  capabilities: [usb.capability(), volumes.capability(), eject.capability()],
  watching: [usbWatch.ok, volumesWatch.ok],
});
