import { describe, expect, it } from 'vitest';
import {
  evaluateSensor,
  newSensorRecord,
  noteReading,
  type SensorRecord,
} from '../../../../../electron/domain/idle/sensor-check.ts';

const dayOf = (idleSeconds: (reading: number) => number): SensorRecord => {
  let record = newSensorRecord;
  for (let reading = 0; reading < 160; reading += 1) record = noteReading(record, 570, idleSeconds(reading));
  return record;
};

describe('the idle sensor', () => {
  it('is credible after it has reported a pause of more than a minute', () => {
    expect(evaluateSensor(noteReading(newSensorRecord, 100, 61))).toBe('believable');
    expect(evaluateSensor(dayOf((reading) => (reading === 77 ? 90 : 3)))).toBe('believable');
  });

  it('is not evaluated before a day of use, nor by a few readings', () => {
    expect(evaluateSensor(noteReading(newSensorRecord, 86_399, 0))).toBeUndefined();
    expect(evaluateSensor(noteReading(newSensorRecord, 200_000, 0))).toBeUndefined();
  });

  it('is reported as stuck, or as reset by another program', () => {
    expect(evaluateSensor(dayOf(() => 0))).toBe('stuck-at-zero');
    expect(evaluateSensor(dayOf((reading) => reading % 60))).toBe('never-rises');
  });
});
