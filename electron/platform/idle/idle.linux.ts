/** Idle time on Linux: X11 tells it. Wayland tells programs nothing, and then nothing is acted on. */
import { readFile } from 'node:fs/promises';
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import type { Capability } from '../../../shared/wire/events.ts';
import type { IdlePort, IdleProblem } from './idle-port.ts';
import { parseGameControllers } from './parse-input-devices.ts';

interface Options {
  readonly environment: NodeJS.ProcessEnv;
  readonly readSeconds: () => Promise<Result<number, IdleProblem>>;
  /** Where the kernel lists the input devices. */
  readonly inputDevicesFile: string;
}

export function createLinuxIdlePort({ environment, readSeconds, inputDevicesFile }: Options): IdlePort {
  // Behind Wayland an X server still answers, and counts what reaches X11 programs alone: it would lock a busy PC.
  const isWayland =
    environment['XDG_SESSION_TYPE'] === 'wayland' ||
    (environment['WAYLAND_DISPLAY'] ?? '') !== '' ||
    (environment['DISPLAY'] ?? '') === '';
  const absent: IdleProblem = {
    kind: 'none',
    reason: 'idle time can be read in an X11 session only, and this is none',
  };
  let capability: Capability = isWayland
    ? { name: 'idle', level: 'none', reason: absent.reason }
    : { name: 'idle', level: 'full', reason: '' };
  return {
    capability: () => capability,
    readSeconds: async () => {
      if (isWayland) return fail(absent);
      const answer = await readSeconds();
      capability = answer.ok
        ? { name: 'idle', level: 'full', reason: '' }
        : { name: 'idle', level: 'degraded', reason: answer.error.reason };
      return answer;
    },
    // Desktops keep a limit of their own for each person; none of them is the administrator's word.
    readSystemLimit: () => Promise.resolve(succeed(undefined)),
    findGameControllers: async () => {
      try {
        return parseGameControllers(await readFile(inputDevicesFile, 'utf8'));
      } catch {
        return [];
      }
    },
  };
}
