/** Turns of the event loop, which many requests share. */
import { expect, it } from 'vitest';
import { createTurns } from '../../../../../collector/src/events/turns.ts';

it('are given one at a time and in order, with room for other work between two of them', async () => {
  const takeTurn = createTurns();
  const done: string[] = [];
  const turns = Promise.all(
    [1, 2, 3].map(async (number) => {
      await takeTurn();
      done.push(`turn ${number}`);
      setImmediate(() => done.push(`after ${number}`));
    }),
  );
  await turns;
  await takeTurn();
  expect(done).toEqual(['turn 1', 'after 1', 'turn 2', 'after 2', 'turn 3', 'after 3']);
});
