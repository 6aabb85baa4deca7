/** Notices an idle sensor that cannot be believed: one that never sees anybody stop using the PC. */

/** What has been seen so far, kept across restarts: few sessions in a school last a day. */
export interface SensorRecord {
  /** Time in which somebody was signed in, in front and not locked out. */
  readonly usedSeconds: number;
  readonly readings: number;
  readonly highestIdleSeconds: number;
}

/** `stuck-at-zero`: it counts nothing at all. `never-rises`: something keeps setting it back. */
export type SensorVerdict = 'believable' | 'stuck-at-zero' | 'never-rises';

export const newSensorRecord: SensorRecord = { usedSeconds: 0, readings: 0, highestIdleSeconds: 0 };

const judgedAfterSeconds = 24 * 3600;
const leastReadings = 60;
/** Everybody stops for a minute once in a day. */
const mustRiseAboveSeconds = 60;

export function noteReading(record: SensorRecord, usedSeconds: number, idleSeconds: number): SensorRecord {
  return {
    usedSeconds: record.usedSeconds + usedSeconds,
    readings: record.readings + 1,
    highestIdleSeconds: Math.max(record.highestIdleSeconds, idleSeconds),
  };
}

/** Undefined while there is too little to judge by. A verdict starts the next day's record. */
export function judgeSensor(record: SensorRecord): SensorVerdict | undefined {
  if (record.highestIdleSeconds > mustRiseAboveSeconds) return 'believable';
  if (record.usedSeconds < judgedAfterSeconds || record.readings < leastReadings) return undefined;
  return record.highestIdleSeconds === 0 ? 'stuck-at-zero' : 'never-rises';
}
