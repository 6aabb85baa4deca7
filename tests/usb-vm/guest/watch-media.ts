/**
 * The agent's own watching, alone, inside the virtual machine: says on its line what it is told of, and answers what
 * it is asked. No window, no collector; everything between the kernel and the first decision is the real thing.
 */
import { readdirSync, readlinkSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { gatherMedia } from '../../../electron/domain/media/gather-media.ts';
import { emptyWatch, observe } from '../../../electron/domain/media/insertions.ts';
import { judgeMedium } from '../../../electron/domain/media/judge-medium.ts';
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

/** On the kernel's own clock, so that it can be compared with what other programs of this machine say. */
const monotonicMs = () => Number(process.hrtime.bigint()) / 1e6;

const config = defaultManagedConfig.media;

let drives: readonly Drive[] = [];
let watchState = emptyWatch;
let lookings = 0;
let looking = false;
let again = false;
let lastSaid = '';
let callOffLook: () => void = () => undefined;

/** One look at a time: what changes meanwhile is looked at right after. */
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
  const media = gatherMedia(devices.value, drives, config);
  const observed = observe(watchState, media, platform.clock.monotonicMs());
  watchState = observed.watch;
  const atMs = monotonicMs();
  for (const { number, arrival, medium } of observed.arrived) {
    say({ said: 'incident', atMs, number, arrival, medium: describe(medium, media) });
  }
  for (const { number } of observed.ended) say({ said: 'ended', atMs, number });
  const now = JSON.stringify(media.map((medium) => describe(medium, media)));
  if (now !== lastSaid) {
    lastSaid = now;
    say({ said: 'media', atMs, media: media.map((medium) => describe(medium, media)) });
  }
  callOffLook();
  if (observed.lookAgainAtMs === undefined) return;
  callOffLook = platform.clock.setTimer(observed.lookAgainAtMs - platform.clock.monotonicMs(), look);
}

function describe(medium: Device, pluggedIn: readonly Device[]) {
  const judgement = judgeMedium(medium, {
    settings: config,
    sources: [],
    pluggedIn,
    now: platform.clock.nowUtc(),
  });
  return {
    port: medium.port,
    kind: medium.kind,
    bus: medium.bus,
    serial: medium.serial,
    serialQuality: judgement.serialQuality,
    isReady: medium.isReady,
    driveKeys: medium.driveKeys,
    encryption: judgement.encryption,
    problems: judgement.problems,
    volumes: judgement.volumes.map(({ key, encryption, fileSystem, label, probeName, mountPoints }) => ({
      key,
      encryption,
      fileSystem,
      label,
      probeName,
      mountPoints,
    })),
  };
}

/** The agent's own service beside it, as in the agent but for the window and the outbox: what it reports is said. */
const service = createMediaService({
  usb,
  volumes,
  eject,
  antiVirus,
  clock: platform.clock,
  settings: () => ({ ...config, mode: 'audit' }),
  canAsk: false,
  register: () => [],
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

/** File descriptors by what they are, since some of Node's own come and go. */
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
      // What was closed is let go of in a later turn of the loop.
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
