/** The virtual machine: QEMU without hardware help, its monitor (QMP), and two serial lines into it. */
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { type Child, startChild } from '../../../build/runtime/child.ts';

export interface Line {
  send(text: string): void;
  /** Calls the listener with each line until the returned function is called. */
  onLine(listener: (line: string) => void): () => void;
  close(): void;
}

export interface Machine {
  readonly agent: Line;
  /** Runs a command as root and resolves with its output; rejects at its deadline. */
  asRoot(command: string, deadlineMs?: number): Promise<string>;
  /** Sends a command to QEMU; rejects with QEMU's own message. */
  ask(command: string, values?: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** Resolves when QEMU says that a device is gone. */
  waitUntilGone(deviceId: string, deadlineMs: number): Promise<void>;
  /** The last lines that the kernel and the programs printed. */
  consoleTail(): string;
  stop(): Promise<void>;
}

export interface MachineOptions {
  readonly folder: string;
  readonly kernelFile: string;
  readonly initramfsFile: string;
  /** Further arguments for QEMU: the devices that are plugged in before it starts. */
  readonly extra: readonly string[];
  /** Default 1536. */
  readonly memoryMiB?: number;
}

const connectDeadlineMs = 20_000;

async function connect(socketFile: string): Promise<net.Socket> {
  const until = performance.now() + connectDeadlineMs;
  for (;;) {
    const socket = net.connect(socketFile);
    try {
      await once(socket, 'connect');
      return socket;
    } catch (error) {
      socket.destroy();
      if (performance.now() > until) throw error;
      await new Promise((resolve) => {
        setTimeout(resolve, 50);
      });
    }
  }
}

function asLine(socket: net.Socket): Line {
  const listeners = new Set<(line: string) => void>();
  createInterface({ input: socket }).on('line', (line) => {
    for (const listener of [...listeners]) listener(line.replaceAll('\r', ''));
  });
  return {
    send: (text) => {
      socket.write(`${text}\n`);
    },
    onLine: (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    close: () => {
      socket.destroy();
    },
  };
}

/** Waits for the first line for which `read` returns a value. */
export function waitForLine<Value>(
  line: Line,
  what: string,
  deadlineMs: number,
  read: (text: string) => Value | undefined,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      stop();
      reject(new Error(`${what}: nothing within ${deadlineMs} ms`));
    }, deadlineMs);
    const stop = line.onLine((text) => {
      const value = read(text);
      if (value === undefined) return;
      clearTimeout(timer);
      stop();
      resolve(value);
    });
  });
}

const answerSchema = z.object({
  id: z.number().optional(),
  return: z.unknown().optional(),
  error: z.object({ desc: z.string() }).optional(),
  event: z.string().optional(),
  data: z.object({ device: z.string().optional() }).optional(),
});

function parseAnswer(text: string): z.infer<typeof answerSchema> | undefined {
  try {
    return answerSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Starts the machine. Its agent writes to its own serial line once it runs. */
export async function startMachine(options: MachineOptions): Promise<Machine> {
  const socketOf = (name: string) => path.join(options.folder, `${name}.sock`);
  const names = ['monitor', 'agent', 'root'] as const;
  for (const name of names) await rm(socketOf(name), { force: true });
  const consoleLines: string[] = [];
  const noteConsole = (line: string) => {
    consoleLines.push(line);
    if (consoleLines.length > 400) consoleLines.shift();
  };
  const serial = (name: string) => ['-serial', `unix:${socketOf(name)},server=on,wait=off`];
  const qemu: Child = await startChild(
    'QEMU',
    'qemu-system-x86_64',
    [
      ...['-accel', 'tcg,thread=multi', '-cpu', 'max', '-smp', '2', '-m', String(options.memoryMiB ?? 1536)],
      ...['-machine', 'q35', '-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
      ...['-kernel', options.kernelFile, '-initrd', options.initramfsFile],
      ...['-append', 'console=ttyS0 loglevel=4 panic=-1 random.trust_cpu=on mitigations=off'],
      ...['-serial', 'stdio', ...serial('agent'), ...serial('root')],
      ...['-qmp', `unix:${socketOf('monitor')},server=on,wait=off`],
      ...['-device', 'qemu-xhci,id=xhci,p2=8,p3=8'],
      ...options.extra,
    ],
    { onLine: noteConsole, onErrorLine: noteConsole },
  );
  const [monitorSocket, agentSocket, rootSocket] = await Promise.all([
    connect(socketOf('monitor')),
    connect(socketOf('agent')),
    connect(socketOf('root')),
  ]);
  const monitor = asLine(monitorSocket);
  const agent = asLine(agentSocket);
  const root = asLine(rootSocket);
  let number = 0;

  const ask = async (command: string, values: Readonly<Record<string, unknown>> = {}): Promise<unknown> => {
    number += 1;
    const id = number;
    const answered = waitForLine(monitor, command, 20_000, (text) => {
      const answer = parseAnswer(text);
      return answer?.id === id ? answer : undefined;
    });
    monitor.send(JSON.stringify({ execute: command, arguments: values, id }));
    const answer = await answered;
    if (answer.error !== undefined) throw new Error(`${command}: ${answer.error.desc}`);
    return answer.return;
  };
  await ask('qmp_capabilities');

  return {
    agent,
    ask,
    asRoot: async (command, deadlineMs = 60_000) => {
      number += 1;
      const own = String(number);
      const printed: string[] = [];
      const ended = waitForLine(root, command, deadlineMs, (text) => {
        if (text === `= ${own}`) return true;
        if (text.startsWith('| ')) printed.push(text.slice(2));
        return undefined;
      });
      root.send(`${own} ${command}`);
      await ended;
      return printed.join('\n');
    },
    waitUntilGone: async (deviceId, deadlineMs) => {
      await waitForLine(monitor, `${deviceId} unplugged`, deadlineMs, (text) => {
        const answer = parseAnswer(text);
        return answer?.event === 'DEVICE_DELETED' && answer.data?.device === deviceId ? true : undefined;
      });
    },
    consoleTail: () => consoleLines.slice(-60).join('\n'),
    stop: async () => {
      for (const line of [monitor, agent, root]) line.close();
      await qemu.stop(2000);
      for (const name of names) await rm(socketOf(name), { force: true });
    },
  };
}
