/** A bundle for one person: checked by a program in another language, which refuses every bundle that was altered. */
import { execFile } from 'node:child_process';
import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { readLogKey } from '../../collector/src/log/checkpoint.ts';
import { makeFolder, report, startTestCollector } from '../support/collector/collector.ts';
import { runCollector } from '../support/collector/command-line.ts';
import { makeSigningAgent } from '../support/collector/evidence.ts';
import { waitForLog } from '../support/collector/evidence-database.ts';

const run = promisify(execFile);
const checker = fileURLToPath(new URL('../../docs/check-evidence.py', import.meta.url));

/** What the checker prints, and whether it is content. */
async function check(...args: readonly string[]): Promise<{ readonly ok: boolean; readonly text: string }> {
  try {
    return { ok: true, text: (await run('python3', [checker, ...args])).stdout };
  } catch (error) {
    return { ok: false, text: error instanceof Error && 'stderr' in error ? String(error.stderr) : '' };
  }
}

interface Leaf {
  index: number;
  entry: string;
  salt: string;
  proof: string[];
}
interface Bundle {
  event: { raw: string; arrival: string; leaf: Leaf };
  key: { raw: string; leaf: Leaf };
  checkpoint: string;
}

it('is proven by the checker, and no longer after any change', { timeout: 240_000 }, async () => {
  const running = await startTestCollector();
  const agent = await makeSigningAgent(running);
  const other = await makeSigningAgent(running);
  const events = await Promise.all(Array.from({ length: 7 }, () => agent.signed({ fullName: 'Siân Prys' })));
  await report(agent, events);
  await report(other, [await other.signed()]);
  await waitForLog(running.dataDirectory, running.address);
  const file = path.join(await makeFolder(), 'bundle.json');
  const id = events[3]?.id ?? '';
  const made = await runCollector('evidence', file, '--record', id, '--data', running.dataDirectory);
  expect(made.code).toBe(0);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const keyText = await readFile(path.join(running.dataDirectory, 'log.key'), 'utf8');
  const verifierKey = readLogKey(keyText)?.verifierKey ?? '';
  expect(made.stdout).toContain(verifierKey);
  const good = await check(file, verifierKey);
  expect(good).toMatchObject({ ok: true });
  expect(good.text).toContain('Siân Prys');

  const text = await readFile(file, 'utf8');
  const alterations: readonly (readonly [string, (bundle: Bundle) => unknown])[] = [
    ['the name', ({ event }) => Object.assign(event, { raw: event.raw.replace('Siân', 'Sian') })],
    [
      'the arrival',
      ({ event }) => Object.assign(event, { arrival: event.arrival.replace('valid', 'unbound') }),
    ],
    ['the salt', ({ event }) => Object.assign(event.leaf, { salt: '00'.repeat(32) })],
    ['the leaf', ({ event: { leaf } }) => Object.assign(leaf, { entry: leaf.entry.replace(/.$/u, 'x') })],
    ['the index', ({ event: { leaf } }) => Object.assign(leaf, { index: leaf.index + 1 })],
    ['the proof', ({ event: { leaf } }) => leaf.proof.pop()],
    ['a longer proof', ({ event: { leaf } }) => leaf.proof.push(leaf.proof[0] ?? '')],
    ['the key', ({ key }) => Object.assign(key, { raw: key.raw.replace(agent.agentId, other.agentId) })],
    ['the size', (all) => Object.assign(all, { checkpoint: all.checkpoint.replace(/\n\d+\n/u, '\n9\n') })],
    ['the signature of the log', (all) => Object.assign(all, { checkpoint: all.checkpoint.slice(0, -9) })],
  ];
  for (const [name, alter] of alterations) {
    const bundle = JSON.parse(text) as Bundle;
    alter(bundle);
    const altered = path.join(await makeFolder(), 'altered.json');
    await writeFile(altered, JSON.stringify(bundle));
    const found = await check(altered, verifierKey);
    expect([name, found.ok, found.text.startsWith('NOT proven')]).toEqual([name, false, true]);
  }
  expect(await check(file, verifierKey.replace(/.{8}$/u, 'AAAAAAAA'))).toMatchObject({ ok: false });
});

it('is made of nothing that is not there, and never written over a file', async () => {
  const running = await startTestCollector();
  const agent = await makeSigningAgent(running);
  const event = await agent.signed();
  await report(agent, [event]);
  await waitForLog(running.dataDirectory, running.address);
  const file = path.join(await makeFolder(), 'bundle.json');
  const make = (id: string) =>
    runCollector('evidence', file, '--record', id, '--data', running.dataDirectory);
  expect((await make('none')).stderr).toContain('There is no acknowledgement none.');
  await writeFile(file, 'mine');
  expect((await make(event.id)).code).toBe(1);
  expect(await readFile(file, 'utf8')).toBe('mine');
});

it('has a checker of at most 200 lines', async () => {
  expect((await readFile(checker, 'utf8')).split('\n').length).toBeLessThanOrEqual(200);
});
