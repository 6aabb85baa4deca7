/** Reads the idle sensor, reports when it cannot be read, and notices one that cannot be believed. */
import {
  evaluateSensor,
  newSensorRecord,
  noteReading,
  type SensorRecord,
  type SensorVerdict,
} from '../../domain/idle/sensor-check.ts';
import type { IdlePort } from '../../platform/idle/idle-port.ts';
import type { Clock } from '../../platform/time/clock.ts';

const saveAfterSeconds = 3600;

export interface IdleFault {
  readonly fault: string;
  readonly subject: string;
  readonly reason: string;
}

export interface IdleSensor {
  /** Undefined where the sensor cannot be read. The first failure in a row is reported. */
  readSeconds(): Promise<number | undefined>;
  /** Why the last reading failed; undefined when it did not. */
  problem(): string | undefined;
  /** Counts a reading for the sensor's own check, where the session was in use. */
  check(idleSeconds: number, isInUse: boolean): void;
  /** Saves what the check has counted since the last save. */
  save(): void;
}

interface Options {
  readonly clock: Clock;
  readonly idle: IdlePort;
  /** A gap between two readings that is longer than this was not all spent in use. */
  readonly lockAfterSeconds: number;
  readonly onFault: (fault: IdleFault) => void;
  readonly loadRecord: () => SensorRecord | undefined;
  readonly saveRecord: (record: SensorRecord) => void;
}

export function createIdleSensor(options: Options): IdleSensor {
  const { clock, idle, onFault } = options;
  let problem: string | undefined;
  let checkedAtMs: number | undefined;
  let record = options.loadRecord() ?? newSensorRecord;
  let savedUsedSeconds = record.usedSeconds;

  const save = () => {
    if (record.usedSeconds === savedUsedSeconds) return;
    savedUsedSeconds = record.usedSeconds;
    options.saveRecord(record);
  };

  const report = async (verdict: Exclude<SensorVerdict, 'believable'>): Promise<void> => {
    const controllers = await idle.findGameControllers();
    onFault({ fault: 'idle-sensor', subject: verdict, reason: describeSensor(verdict, controllers) });
  };

  return {
    readSeconds: async () => {
      const answer = await idle.readSeconds();
      if (answer.ok) {
        problem = undefined;
        return answer.value;
      }
      if (problem === undefined) {
        onFault({
          fault: 'idle-unreadable',
          subject: 'idle',
          reason: `The screen is not locked for lack of use: ${answer.error.reason}`,
        });
      }
      problem = answer.error.reason;
      return undefined;
    },
    problem: () => problem,
    check: (idleSeconds, isInUse) => {
      const nowMs = clock.monotonicMs();
      const gapSeconds = checkedAtMs === undefined ? 0 : (nowMs - checkedAtMs) / 1000;
      checkedAtMs = nowMs;
      if (!isInUse || gapSeconds > options.lockAfterSeconds) return;
      record = noteReading(record, gapSeconds, idleSeconds);
      const verdict = evaluateSensor(record);
      if (verdict !== undefined) {
        record = newSensorRecord;
        if (verdict !== 'believable') void report(verdict);
      }
      if (Math.abs(record.usedSeconds - savedUsedSeconds) >= saveAfterSeconds) save();
    },
    save,
  };
}

function describeSensor(
  verdict: Exclude<SensorVerdict, 'believable'>,
  controllers: readonly string[],
): string {
  const cause =
    controllers.length > 0
      ? `Game controllers are plugged in, and a worn one moves by itself: ${controllers.join(', ')}.`
      : 'No game controller was found. A program that moves the mouse, or a worn mouse or touch screen, has the same effect.';
  return verdict === 'stuck-at-zero'
    ? `In a day of use or more the system has never counted a second without use, so the screen will not lock. ${cause}`
    : `In a day of use or more the PC has never been without use for a minute, so the screen will not lock. ${cause}`;
}
