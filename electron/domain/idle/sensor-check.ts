/** Notices an idle sensor that cannot be believed: one that never rises, although every person stops at times. */

/** The readings so far, kept across restarts: few sessions in a school last a day. */
export interface SensorRecord {
  /** Time for which a session was in front and not locked. */
  readonly usedSeconds: number;
  readonly readings: number;
  readonly highestIdleSeconds: number;
}

/** `stuck-at-zero`: the sensor counts nothing at all. `never-rises`: something keeps setting it back. */
export type SensorVerdict = 'believable' | 'stuck-at-zero' | 'never-rises';

export const newSensorRecord: SensorRecord = { usedSeconds: 0, readings: 0, highestIdleSeconds: 0 };

const evaluatedAfterSeconds = 24 * 3600;
const leastReadings = 60;
/** In a day of use, every person stops for a minute once. */
const mustRiseAboveSeconds = 60;

export function noteReading(record: SensorRecord, usedSeconds: number, idleSeconds: number): SensorRecord {
  return {
    usedSeconds: record.usedSeconds + usedSeconds,
    readings: record.readings + 1,
    highestIdleSeconds: Math.max(record.highestIdleSeconds, idleSeconds),
  };
}

/** Undefined while there are too few readings. After a verdict, start the next record. */
export function evaluateSensor(record: SensorRecord): SensorVerdict | undefined {
  if (record.highestIdleSeconds > mustRiseAboveSeconds) return 'believable';
  if (record.usedSeconds < evaluatedAfterSeconds || record.readings < leastReadings) return undefined;
  return record.highestIdleSeconds === 0 ? 'stuck-at-zero' : 'never-rises';
}
