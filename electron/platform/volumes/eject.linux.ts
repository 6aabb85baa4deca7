/**
 * Takes a drive out of use on Linux. udisks allows that to the user at the desk; where udisks is missing, umount(8) and
 * eject(1) do it.
 */
import { existsSync } from 'node:fs';
import type { Drive, Volume } from '../../../shared/device/drive.ts';
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import { findSystemTool, runTool, type ToolAnswer } from '../run-tool.ts';
import type { EjectPort, EjectProblem } from './eject-port.ts';
import { classifyRefusal, describeRefusal, type ToolRefusal } from './parse-udisksctl.ts';

/** For each step; a slow stick may need all of the first to take the data written to it. */
const stepDeadlineMs = 6000;

/** A kernel name as the volumes of Linux carry it. It becomes a path below /dev, so it must be safe. */
const safeName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/u;

export function createLinuxEjectPort(): EjectPort {
  return {
    capability: () =>
      findSystemTool('udisksctl') === undefined
        ? {
            name: 'eject',
            level: 'degraded',
            reason: 'udisks is not installed: only what this account may unmount can be ejected',
          }
        : { name: 'eject', level: 'full', reason: '' },
    eject: async (drive) => {
      const driveName = drive.key.split('@')[0] ?? '';
      if (![driveName, ...drive.volumes.map(({ key }) => key)].every((name) => safeName.test(name))) {
        return fail({ kind: 'failed', reason: 'the drive has a name that is not one of Linux' });
      }
      if (!existsSync(`/dev/${driveName}`))
        return fail({ kind: 'gone', reason: 'the drive is not there any more' });
      for (const volume of drive.volumes) {
        const released = await release(volume);
        if (!released.ok) return released;
      }
      return letGo(driveName, drive);
    },
  };
}

async function release(volume: Volume): Promise<Result<undefined, EjectProblem>> {
  for (const mountPoint of [...volume.mountPoints].toReversed()) {
    const unmounted = await unmount(mountPoint);
    if (!unmounted.ok) return unmounted;
  }
  if (volume.probe.name !== 'mapping') return succeed(undefined);
  const locked = await runTool(
    'udisksctl',
    ['lock', '--block-device', `/dev/${volume.key}`, '--no-user-interaction'],
    {
      deadlineMs: stepDeadlineMs,
    },
  );
  return judgeStep(locked, 'the volume could not be locked again');
}

async function unmount(mountPoint: string): Promise<Result<undefined, EjectProblem>> {
  // umount knows every mount. udisks works by device, and has rights that umount may lack.
  const plain = judgeStep(
    await runTool('umount', ['--', mountPoint], { deadlineMs: stepDeadlineMs }),
    'it could not be unmounted',
  );
  if (plain.ok || plain.error.kind !== 'refused') return plain;
  const source = await runTool(
    'findmnt',
    ['--noheadings', '--output', 'SOURCE', '--mountpoint', mountPoint],
    {
      deadlineMs: stepDeadlineMs,
    },
  );
  const device = source.kind === 'done' ? source.stdout.trim().split('\n')[0] : undefined;
  if (device === undefined || !device.startsWith('/dev/')) return plain;
  const asked = await runTool('udisksctl', ['unmount', '--block-device', device, '--no-user-interaction'], {
    deadlineMs: stepDeadlineMs,
  });
  if (asked.kind === 'missing') return plain;
  return judgeStep(asked, 'it could not be unmounted');
}

/** All data is written and the volumes are unmounted by now. Switch the drive off, where the system can. */
async function letGo(driveName: string, drive: Drive): Promise<Result<'ejected', EjectProblem>> {
  const device = `/dev/${driveName}`;
  if (drive.kind === 'optical') {
    const opened = await runTool('eject', ['--', device], { deadlineMs: stepDeadlineMs });
    const judged = judgeStep(opened, 'the disc was not let out');
    return judged.ok ? succeed('ejected') : judged;
  }
  const off = await runTool('udisksctl', ['power-off', '--block-device', device, '--no-user-interaction'], {
    deadlineMs: stepDeadlineMs,
  });
  const refusal = refusalOf(off);
  if (refusal === undefined || refusal === 'gone') return succeed('ejected');
  if (refusal === 'in-use') return fail({ kind: 'in-use', reason: reasonOf(off) });
  // The user may pull out a drive that is unmounted and written out; its power does no harm.
  const written = await runTool('sync', [], { deadlineMs: stepDeadlineMs });
  return written.kind === 'done'
    ? succeed('ejected')
    : fail({ kind: 'failed', reason: 'what was written is not known to be on the drive yet' });
}

function judgeStep(answer: ToolAnswer, otherwise: string): Result<undefined, EjectProblem> {
  const refusal = refusalOf(answer);
  if (refusal === undefined || refusal === 'not-there') return succeed(undefined);
  const reason = reasonOf(answer);
  return fail({ kind: refusal, reason: reason === '' ? otherwise : reason });
}

function refusalOf(answer: ToolAnswer): ToolRefusal | undefined {
  if (answer.kind === 'missing') return 'none';
  if (answer.kind === 'late') return 'failed';
  return answer.exitCode === 0 ? undefined : classifyRefusal(answer.stderr);
}

function reasonOf(answer: ToolAnswer): string {
  if (answer.kind !== 'done') return answer.reason;
  return describeRefusal(answer.stderr);
}
