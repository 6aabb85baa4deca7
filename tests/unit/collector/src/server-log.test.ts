/** What a line of the collector's log shows. */
import { expect, it } from 'vitest';
import { createServerLog } from '../../../../collector/src/server-log.ts';

function logTo(format: 'text' | 'json') {
  const lines: string[] = [];
  return { lines, logger: createServerLog((line) => void lines.push(line), format) };
}

it('writes a sentence as it is', () => {
  const { lines, logger } = logTo('text');
  logger.warn('The disk is full.');
  expect(lines).toEqual(['The disk is full.']);
});

it('adds the stack of a program error to its sentence', () => {
  const { lines, logger } = logTo('text');
  logger.error({ err: new Error('broken') }, 'A request failed');
  expect(lines[0]).toMatch(/^A request failed: Error: broken\n\s+at /u);
});

it('writes JSON with a UTC time and a level by name', () => {
  const { lines, logger } = logTo('json');
  logger.warn('The disk is full.');
  expect(JSON.parse(lines[0] ?? '')).toEqual({
    level: 'warn',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/u) as unknown,
    msg: 'The disk is full.',
  });
});

it('shows no token, no cookie, no account and no address of a request', () => {
  const { lines, logger } = logTo('json');
  logger.warn(
    {
      req: { method: 'GET', url: '/v1/acknowledgements?account=carys', headers: { cookie: 'secret' } },
      headers: { authorization: 'Bearer secret' },
      account: 'carys',
      sent: { body: { enrolmentToken: 'secret', fullName: 'carys' } },
    },
    'refused',
  );
  expect(lines[0]).toContain('"method":"GET"');
  expect(lines[0]).not.toMatch(/secret|carys/u);
});
