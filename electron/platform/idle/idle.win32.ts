/** Idle time on Windows, the limit of a security policy, and the game controllers that Windows knows. */
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import type { Capability } from '../../../shared/wire/events.ts';
import { describeError } from '../describe-error.ts';
import { decodeText, loadNative, type Native } from '../native/native.win32.ts';
import { createRegistry } from '../native/registry.win32.ts';
import { windows } from '../native/windows-numbers.ts';
import type { IdlePort, IdleProblem } from './idle-port.ts';

/** Where Windows keeps the policy "Interactive logon: Machine inactivity limit". */
const policyKey = 'SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System';
const limitName = 'InactivityTimeoutSecs';
/** Windows itself takes nothing above this for a limit. */
const highestLimitSeconds = 599_940;

const { controller } = windows;

export function createWindowsIdlePort(readSeconds: () => Promise<Result<number, IdleProblem>>): IdlePort {
  let capability: Capability = { name: 'idle', level: 'full', reason: '' };
  return {
    capability: () => capability,
    readSeconds: async () => {
      const answer = await readSeconds();
      capability = answer.ok
        ? { name: 'idle', level: 'full', reason: '' }
        : { name: 'idle', level: 'degraded', reason: answer.error.reason };
      return answer;
    },
    readSystemLimit: async () => {
      const native = await loadNative();
      if (!native.ok) return fail({ kind: 'none', reason: native.error });
      try {
        const policy = createRegistry(native.value).readValues(policyKey);
        if (!policy.ok) {
          return policy.error.kind === 'absent'
            ? succeed(undefined)
            : fail({ kind: 'unreadable', reason: policy.error.reason });
        }
        const limit = [...policy.value].find(([name]) => name.toLowerCase() === limitName.toLowerCase())?.[1];
        if (limit?.kind !== 'number' || limit.number < 1 || limit.number > highestLimitSeconds) {
          return succeed(undefined);
        }
        return succeed(limit.number);
      } catch (error) {
        return fail({ kind: 'unreadable', reason: describeError(error) });
      }
    },
    findGameControllers: async () => {
      const native = await loadNative();
      if (!native.ok) return [];
      try {
        return listControllers(native.value);
      } catch {
        return [];
      }
    },
  };
}

function listControllers(native: Native): readonly string[] {
  const count = native.define<() => number>('winmm.dll', 'joyGetNumDevs', 'uint32_t', []);
  const position = native.define<(id: number, info: Buffer) => number>(
    'winmm.dll',
    'joyGetPosEx',
    'uint32_t',
    ['uint32_t', 'void *'],
  );
  const describe = native.define<(id: bigint, caps: Buffer, size: number) => number>(
    'winmm.dll',
    'joyGetDevCapsW',
    'uint32_t',
    ['void *', 'void *', 'uint32_t'],
  );
  const found: string[] = [];
  const slots = Math.min(count(), 16);
  for (let id = 0; id < slots; id += 1) {
    const info = Buffer.alloc(controller.infoBytes);
    info.writeUInt32LE(controller.infoBytes, 0);
    info.writeUInt32LE(controller.returnAll, controller.flags);
    // A slot answers only where a controller is plugged in.
    if (position(id, info) !== controller.found) continue;
    const caps = Buffer.alloc(controller.capsBytes);
    if (describe(BigInt(id), caps, controller.capsBytes) !== controller.found) {
      found.push('unnamed');
      continue;
    }
    const hex = (offset: number) => caps.readUInt16LE(offset).toString(16).padStart(4, '0');
    found.push(
      `${decodeText(caps.subarray(controller.name, controller.nameEnd)) || 'unnamed'} (${hex(0)}:${hex(controller.product)})`,
    );
  }
  return found;
}
