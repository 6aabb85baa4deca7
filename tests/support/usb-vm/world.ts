/** The virtual machine with its sticks for the tests: plug, pull, and the output of its agent. */
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { buildMain } from '../../../build/bundle/build.ts';
import { scratchFolder } from '../../../build/runtime/paths.ts';
import { step } from '../../../build/runtime/progress.ts';
import { ensurePrograms } from '../../../build/runtime/system-packages.ts';
import { machineNeeds } from '../system-needs.ts';
import { makeInitramfs } from './initramfs.ts';
import { ensureKernel } from './kernel.ts';
import { type Machine, startMachine, waitForLine } from './machine.ts';
import { makeStickImages, type StickImages } from './stick-images.ts';

const guestFolder = fileURLToPath(new URL('../../usb-vm/guest', import.meta.url));

const seenSchema = z.object({
  port: z.string(),
  kind: z.string(),
  bus: z.string(),
  serial: z.string(),
  serialQuality: z.string(),
  isReady: z.boolean(),
  driveKeys: z.array(z.string()),
  encryption: z.string(),
  problems: z.array(z.string()),
  volumes: z.array(
    z.object({
      key: z.string(),
      encryption: z.string(),
      fileSystem: z.string(),
      label: z.string(),
      probeName: z.string(),
      mountPoints: z.array(z.string()),
    }),
  ),
});
export type SeenDevice = z.infer<typeof seenSchema>;

const saidSchema = z.discriminatedUnion('said', [
  z.object({
    said: z.literal('ready'),
    uid: z.number(),
    capabilities: z.array(z.object({ name: z.string(), level: z.string(), reason: z.string() })),
    watching: z.array(z.boolean()),
  }),
  z.object({ said: z.literal('media'), atMs: z.number(), media: z.array(seenSchema) }),
  z.object({
    said: z.literal('incident'),
    atMs: z.number(),
    number: z.number(),
    arrival: z.string(),
    device: seenSchema,
  }),
  z.object({ said: z.literal('ended'), atMs: z.number(), number: z.number() }),
  z.object({
    said: z.enum(['arrived', 'departed']),
    atMs: z.number(),
    device: z.object({ port: z.string() }),
  }),
  z.object({
    said: z.literal('reported'),
    type: z.literal('porthor.media.seen.v1'),
    data: z.object({
      insertionId: z.string(),
      arrival: z.string(),
      encryption: z.string(),
      device: z.object({ serial: z.string() }),
    }),
  }),
  z.object({ said: z.literal('problem'), reasons: z.unknown() }),
  z.object({ said: z.literal('answer'), id: z.number(), answer: z.unknown() }),
]);
type Said = z.infer<typeof saidSchema>;
type Report = Extract<Said, { said: 'reported' }>['data'];
type Incident = Extract<Said, { said: 'incident' }>;

interface Plug {
  /** QEMU's id for the device, by which the test unplugs it. */
  readonly id: string;
  readonly imageFile: string;
  /** On the root hub, or `4.1` for the first port of a hub in port 4. */
  readonly port: string;
  /** Empty for a stick that has none. */
  readonly serial: string;
}

export interface World {
  readonly machine: Machine;
  readonly images: StickImages;
  readonly ready: Extract<Said, { said: 'ready' }>;
  /** All output of the agent, oldest first. */
  said(): readonly Said[];
  /** Every insertion since the start, oldest first. */
  incidents(): readonly Incident[];
  /** What the agent's service has reported, oldest first. */
  reports(): readonly Report[];
  /** The devices that are plugged in now, by their last evaluation. */
  media(): readonly SeenDevice[];
  /** Checks `holds` at each output of the agent, and resolves when it is true. Rejects with the state at the deadline. */
  until(what: string, holds: () => boolean, deadlineMs?: number): Promise<void>;
  plug(plug: Plug): Promise<void>;
  /** Plugs in a device of any other QEMU driver. */
  attach(driver: string, id: string, port: string, more?: Readonly<Record<string, unknown>>): Promise<void>;
  /** Waits until QEMU has released it, not until the agent has noticed. */
  pull(id: string): Promise<void>;
  pullAll(): Promise<void>;
  /** Adds an image as a drive of QEMU, which a device names in its `drive` property. */
  addMedium(name: string, imageFile: string): Promise<void>;
  askAgent(ask: string, more?: Readonly<Record<string, unknown>>): Promise<unknown>;
  dispose(): Promise<void>;
}

/** Builds and starts the machine with three sticks: plain, UAS, noise. Throws `SetupError` for missing tools. */
export async function startWorld(): Promise<World> {
  await ensurePrograms('a virtual machine with a USB bus', machineNeeds);
  const cache = path.join(scratchFolder, 'usb-vm');
  await mkdir(cache, { recursive: true });
  const kernel = await ensureKernel(cache);
  const folder = await mkdtemp(path.join(tmpdir(), 'porthor-usb-vm-'));
  try {
    const images = await step('Making the sticks', () => makeStickImages(path.join(folder, 'sticks')));
    const agentFolder = path.join(folder, 'agent');
    const initramfsFile = path.join(folder, 'initramfs');
    await step('Packing the machine', async () => {
      await buildMain(path.join(guestFolder, 'watch-media.ts'), agentFolder);
      await makeInitramfs(initramfsFile, { kernel, agentFolder, guestFolder, initFile: 'init.sh' });
    });
    return await step('Starting the machine', () =>
      start({ folder, images, kernelFile: kernel.imageFile, initramfsFile }),
    );
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function start(made: {
  readonly folder: string;
  readonly images: StickImages;
  readonly kernelFile: string;
  readonly initramfsFile: string;
}): Promise<World> {
  const { folder, images } = made;
  const first = path.join(folder, 'first.img');
  await copyFile(images.fat, first);
  const uas = path.join(folder, 'uas.img');
  await copyFile(images.luks2, uas);
  const noise = path.join(folder, 'noise.img');
  await copyFile(images.noise, noise);
  const machine = await startMachine({
    folder,
    kernelFile: made.kernelFile,
    initramfsFile: made.initramfsFile,
    extra: [
      ...['-blockdev', `driver=raw,node-name=first,file.driver=file,file.filename=${first}`],
      ...['-device', 'usb-storage,id=first,bus=xhci.0,port=1,drive=first,serial=FIRST00017'],
      ...['-blockdev', `driver=raw,node-name=uas,file.driver=file,file.filename=${uas}`],
      ...['-device', 'usb-uas,id=uas,bus=xhci.0,port=8,serial=UAS0000018'],
      ...['-device', 'scsi-hd,id=uas-lun,bus=uas.0,drive=uas'],
      ...['-blockdev', `driver=raw,node-name=noise,file.driver=file,file.filename=${noise}`],
      ...['-device', 'usb-storage,id=noise,bus=xhci.0,port=6,drive=noise,serial=NOISE00016'],
    ],
  });
  const said: Said[] = [];
  const listeners = new Set<() => void>();
  machine.agent.onLine((line) => {
    const parsed = parseSaid(line);
    if (parsed === undefined) return;
    said.push(parsed);
    for (const listener of [...listeners]) listener();
  });
  const pluggedIn = new Set(['first', 'uas', 'noise']);
  const nodes = new Map<string, string>([
    ['first', 'first'],
    ['noise', 'noise'],
  ]);
  let count = 0;

  const media = () => said.findLast((one) => one.said === 'media')?.media ?? [];
  const incidents = () => said.filter((one): one is Incident => one.said === 'incident');

  const reports = () => said.flatMap((one) => (one.said === 'reported' ? [one.data] : []));

  const until = (what: string, holds: () => boolean, deadlineMs = 40_000): Promise<void> =>
    new Promise((resolve, reject) => {
      const check = () => {
        if (!holds()) return;
        clearTimeout(timer);
        listeners.delete(check);
        resolve();
      };
      const timer = setTimeout(() => {
        listeners.delete(check);
        const last = said.slice(-6).map((one) => JSON.stringify(one).slice(0, 1500));
        reject(
          new Error(`${what}: not within ${deadlineMs} ms\n${last.join('\n')}\n${machine.consoleTail()}`),
        );
      }, deadlineMs);
      listeners.add(check);
      check();
    });

  const addMedium = async (name: string, imageFile: string) => {
    const own = path.join(folder, `${name}.img`);
    await copyFile(imageFile, own);
    await machine.ask('blockdev-add', {
      'node-name': name,
      driver: 'raw',
      file: { driver: 'file', filename: own },
    });
  };

  const attach: World['attach'] = async (driver, id, port, more = {}) => {
    await machine.ask('device_add', { driver, id, bus: 'xhci.0', port, ...more });
    pluggedIn.add(id);
  };

  const pull = async (id: string) => {
    const gone = machine.waitUntilGone(id, 20_000);
    // The event may come before the answer. The wait also needs a handler in case the request fails.
    await Promise.all([gone, machine.ask('device_del', { id })]);
    pluggedIn.delete(id);
    const node = nodes.get(id);
    if (node === undefined) return;
    nodes.delete(id);
    await machine.ask('blockdev-del', { 'node-name': node });
    await rm(path.join(folder, `${node}.img`), { force: true });
  };

  try {
    const ready = await waitForLine(machine.agent, 'the agent in the machine', 120_000, (line) => {
      const parsed = parseSaid(line);
      return parsed?.said === 'ready' ? parsed : undefined;
    });
    return {
      machine,
      images,
      ready,
      said: () => said,
      incidents,
      reports,
      media,
      until,
      attach,
      pull,
      addMedium,
      plug: async ({ id, imageFile, port, serial }) => {
        count += 1;
        const node = `${id}-${count}`;
        await addMedium(node, imageFile);
        await attach('usb-storage', id, port, { drive: node, serial });
        nodes.set(id, node);
      },
      pullAll: async () => {
        for (const id of [...pluggedIn].toReversed()) await pull(id);
      },
      askAgent: async (ask, more = {}) => {
        count += 1;
        const id = count;
        const answered = waitForLine(machine.agent, ask, 30_000, (line) => {
          const parsed = parseSaid(line);
          return parsed?.said === 'answer' && parsed.id === id ? parsed : undefined;
        });
        machine.agent.send(JSON.stringify({ id, ask, ...more }));
        return (await answered).answer;
      },
      dispose: async () => {
        await machine.stop();
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    const tail = machine.consoleTail();
    await machine.stop();
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${tail}`);
  }
}

function parseSaid(line: string): Said | undefined {
  try {
    return saidSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
