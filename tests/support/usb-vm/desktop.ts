/** A virtual machine with a USB bus and a desktop, on which the built agent runs in the real Electron. */
import { copyFile, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { ensureBuild } from '../../../build/dev/agent-command.ts';
import { ensureRuntime } from '../../../build/runtime/ensure-runtime.ts';
import { projectRoot, scratchFolder } from '../../../build/runtime/paths.ts';
import { step } from '../../../build/runtime/progress.ts';
import { displayNeeds, ensurePrograms } from '../../../build/runtime/system-packages.ts';
import { type MediaSeenData, mediaSeenDataSchema } from '../../../shared/wire/media.ts';
import { machineNeeds } from '../system-needs.ts';
import { makeInitramfs } from './initramfs.ts';
import { ensureKernel } from './kernel.ts';
import { type Machine, startMachine, waitForLine } from './machine.ts';
import { makeStickImages, type StickImages } from './stick-images.ts';

export interface Desktop {
  readonly machine: Machine;
  readonly images: StickImages;
  /** What the warning says, once it matches. An emulated processor takes its time. */
  text(until: RegExp, deadlineMs?: number): Promise<string>;
  /** Presses a button of the warning with the pointer. */
  press(name: string): Promise<void>;
  /** Writes what the screen shows to a PNG file of that name among the other screenshots. */
  screenshot(name: string): Promise<void>;
  /** What the agent has put into its outbox about media. */
  reported(): Promise<readonly MediaSeenData[]>;
  plug(id: string, imageFile: string, serial: string): Promise<void>;
  pull(id: string): Promise<void>;
  /** The last output of the agent and the machine, for the message of a failed test. */
  tail(): string;
  dispose(): Promise<void>;
}

const guestFolder = fileURLToPath(new URL('../../usb-vm/guest', import.meta.url));
const startsWithinMs = 300_000;
const answersWithinMs = 120_000;
const memoryMiB = 3072;

const answerSchema = z.object({ said: z.literal('answer'), id: z.number(), answer: z.unknown() });

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Path of a project file inside the virtual machine; other files keep their path. */
async function asSeenInside(file: string): Promise<string> {
  const real = await realpath(file);
  const relative = path.relative(projectRoot, real);
  return relative.startsWith('..') ? real : path.join('/mnt', relative);
}

/** @param config the agent's managed configuration. */
export async function startDesktop(config: Readonly<Record<string, unknown>>): Promise<Desktop> {
  await ensurePrograms('a virtual machine with a USB bus and a desktop', [...machineNeeds, ...displayNeeds]);
  const runtime = await ensureRuntime();
  await ensureBuild();
  const cache = path.join(scratchFolder, 'usb-vm');
  await mkdir(cache, { recursive: true });
  const kernel = await ensureKernel(cache);
  const folder = await mkdtemp(path.join(tmpdir(), 'porthor-usb-vm-'));
  const out = path.join(folder, 'out');
  try {
    await mkdir(out);
    await writeFile(path.join(out, 'node'), await asSeenInside(process.execPath));
    await writeFile(path.join(out, 'config.json'), JSON.stringify(config));
    const { launchArgs } = runtime;
    const executable = await asSeenInside(runtime.executablePath);
    // Inside, everything runs as root.
    const flags = [...new Set([...launchArgs, '--no-sandbox'])];
    await writeFile(path.join(out, 'run.json'), JSON.stringify({ executable, launchArgs: flags }));
    const images = await makeStickImages(path.join(folder, 'sticks'));
    const initramfsFile = path.join(folder, 'initramfs');
    await makeInitramfs(initramfsFile, {
      kernel,
      guestFolder,
      agentFolder: undefined,
      initFile: 'desktop-init.sh',
    });
    const share = (from: string, tag: string, more: string) => [
      '-virtfs',
      `local,path=${from},mount_tag=${tag},security_model=none,multidevs=remap${more}`,
    ];
    const machine = await startMachine({
      folder,
      kernelFile: kernel.imageFile,
      initramfsFile,
      memoryMiB,
      extra: [
        ...share('/', 'system', ',readonly=on'),
        ...share(projectRoot, 'project', ',readonly=on'),
        ...share(out, 'out', ''),
      ],
    });
    try {
      return await step('Starting the desktop in the machine', () =>
        useMachine({ machine, folder, out, images }),
      );
    } catch (error) {
      await machine.stop();
      throw error;
    }
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function useMachine(made: {
  readonly machine: Machine;
  readonly folder: string;
  readonly out: string;
  readonly images: StickImages;
}): Promise<Desktop> {
  const { machine, folder, out } = made;
  const lines: string[] = [];
  machine.agent.onLine((line) => {
    lines.push(line.slice(0, 500));
    if (lines.length > 80) lines.shift();
  });
  const tail = () => `${lines.slice(-40).join('\n')}\n${machine.consoleTail()}`;
  let count = 0;

  const ask = async (asked: Readonly<Record<string, unknown>>): Promise<unknown> => {
    count += 1;
    const id = count;
    const answered = waitForLine(machine.agent, String(asked['ask']), answersWithinMs + 20_000, (line) => {
      const answer = answerSchema.safeParse(parseJson(line));
      return answer.success && answer.data.id === id ? answer.data : undefined;
    });
    machine.agent.send(JSON.stringify({ id, ...asked }));
    try {
      return (await answered).answer;
    } catch (error) {
      throw new Error(`${String(error)}\n${tail()}`);
    }
  };

  await waitForLine(machine.agent, 'the agent in the machine', startsWithinMs, (line) =>
    line.includes('gate open') ? true : undefined,
  ).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${tail()}`);
  });
  return {
    machine,
    images: made.images,
    text: async (until, deadlineMs = answersWithinMs) =>
      String(await ask({ ask: 'text', until: until.source, deadlineMs })),
    press: async (name) => {
      const answer = await ask({ ask: 'press', name });
      if (answer !== 'pressed') throw new Error(`${name}: ${String(answer)}`);
    },
    screenshot: async (name) => {
      const answer = await ask({ ask: 'screenshot', file: `${name}.png` });
      if (answer !== 'taken') throw new Error(`${name}: ${String(answer)}`);
      const shots = path.join(scratchFolder, 'screenshots/usb-vm');
      await mkdir(shots, { recursive: true });
      await copyFile(path.join(out, `${name}.png`), path.join(shots, `${name}.png`));
    },
    reported: async () => z.array(mediaSeenDataSchema).parse(await ask({ ask: 'reported' })),
    plug: async (id, imageFile, serial) => {
      const own = path.join(folder, `${id}.img`);
      await copyFile(imageFile, own);
      await machine.ask('blockdev-add', {
        'node-name': id,
        driver: 'raw',
        file: { driver: 'file', filename: own },
      });
      await machine.ask('device_add', {
        driver: 'usb-storage',
        id,
        bus: 'xhci.0',
        port: '2',
        drive: id,
        serial,
      });
    },
    pull: async (id) => {
      await Promise.all([machine.waitUntilGone(id, 20_000), machine.ask('device_del', { id })]);
      await machine.ask('blockdev-del', { 'node-name': id });
    },
    tail,
    dispose: async () => {
      await machine.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
