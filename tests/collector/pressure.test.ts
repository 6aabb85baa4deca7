/** A process that cannot keep up refuses at once, and still answers monitoring. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import fastify from 'fastify';
import { expect, it, onTestFinished } from 'vitest';
import { addPressureLimit, answeredUnderPressure } from '../../collector/src/plugins/pressure.ts';
import { addProblems } from '../../collector/src/plugins/problems.ts';

function block(forMs: number): void {
  const endMs = performance.now() + forMs;
  while (performance.now() < endMs);
}

it('answers 503 with Retry-After while every round of the event loop is long, but not to monitoring', async () => {
  const app = fastify();
  onTestFinished(() => app.close());
  addProblems(app, () => undefined);
  await addPressureLimit(app);
  app.get('/question', () => ({}));
  app.get('/healthz', { config: answeredUnderPressure }, () => ({}));
  await expect.poll(async () => (await app.inject('/question')).statusCode).toBe(200);

  await expect
    .poll(
      async () => {
        for (let round = 0; round < 4; round += 1) {
          block(700);
          await nextTurn();
        }
        const refused = await app.inject('/question');
        return [refused.statusCode, Number(refused.headers['retry-after']) >= 5];
      },
      { timeout: 60_000 },
    )
    .toEqual([503, true]);
  expect((await app.inject('/healthz')).statusCode).toBe(200);

  await expect.poll(async () => (await app.inject('/question')).statusCode, { timeout: 60_000 }).toBe(200);
}, 120_000);
