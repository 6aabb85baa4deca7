import { describe, expect, it } from 'vitest';
import { planCover } from '../../../../../electron/domain/gate/plan-cover.ts';

const left = { id: 1, scaleFactor: 1, bounds: { x: 0, y: 0, width: 1280, height: 1024 } };
const right = { id: 2, scaleFactor: 1, bounds: { x: 1280, y: 0, width: 1920, height: 1080 } };

describe('the cover plan', () => {
  it('covers every display except the one that shows the gate', () => {
    expect(planCover([left, right], 2, 1)).toEqual({ gate: right, covers: [left] });
  });

  it('starts on the display where the user is', () => {
    expect(planCover([left, right], undefined, 2)).toEqual({ gate: right, covers: [left] });
  });

  it('moves the gate to the user’s display when the gate’s display is unplugged', () => {
    expect(planCover([left], 2, 1)).toEqual({ gate: left, covers: [] });
    expect(planCover([left], 2, 2)).toEqual({ gate: left, covers: [] });
  });

  it('leaves the gate in place when a display is added', () => {
    expect(planCover([left, right], 1, 2).gate).toBe(left);
  });

  it('treats mirrored displays as one', () => {
    const mirror = { id: 3, scaleFactor: 1, bounds: { ...left.bounds } };
    expect(planCover([left, mirror], undefined, undefined)).toEqual({ gate: left, covers: [] });
  });

  it('has no place for the gate while no display has a size', () => {
    const asleep = { id: 4, scaleFactor: 1, bounds: { x: 0, y: 0, width: 0, height: 0 } };
    expect(planCover([], 1, 1).gate).toBeUndefined();
    expect(planCover([asleep], 1, 1).gate).toBeUndefined();
  });
});
