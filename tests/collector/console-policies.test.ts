/** Policies over the console's API: versions with their acceptances, both languages part by part, and changes. */
import { cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { changesSince, pairLanguages } from '../../collector/src/policies/compare-texts.ts';
import { policyListSchema, policyTextSchema } from '../../shared/console/policies.ts';
import {
  makeAgent,
  makeFolder,
  publishTexts,
  report,
  startTestCollector,
} from '../support/collector/collector.ts';
import { signInAs } from '../support/collector/console-client.ts';

it('pairs the languages by their parts, and leaves a gap where one has no part', () => {
  const english = '# Rules\n\nOne.\n\n- a\n- b\n\n## More\n\nTwo.';
  expect(pairLanguages({ 'en-GB': english, 'cy-GB': '# Rheolau\n\nUn.\n\n- a\n\n## Mwy\n\nDau.' })).toEqual([
    { 'en-GB': '# Rules', 'cy-GB': '# Rheolau' },
    { 'en-GB': 'One.', 'cy-GB': 'Un.' },
    { 'en-GB': '- a', 'cy-GB': '- a' },
    { 'en-GB': '- b', 'cy-GB': undefined },
    { 'en-GB': '## More', 'cy-GB': '## Mwy' },
    { 'en-GB': 'Two.', 'cy-GB': 'Dau.' },
  ]);
  expect(pairLanguages({ 'en-GB': '', 'cy-GB': 'Un.' })).toEqual([{ 'en-GB': undefined, 'cy-GB': 'Un.' }]);
});

it('names what a version adds and removes', () => {
  expect(changesSince('Keep.\n\n- old', 'Keep.\n\n- new')).toEqual([
    { kind: 'same', markdown: 'Keep.' },
    { kind: 'removed', markdown: '- old' },
    { kind: 'added', markdown: '- new' },
  ]);
});

interface Manifest {
  version: string;
  effectiveFrom: string;
  documents: Record<string, string>;
}

it('lists versions by state with their acceptances, and shows what changed', async () => {
  const folder = await makeFolder();
  const manifest = JSON.parse(await readFile('assets/policies/staff/policy.json', 'utf8')) as Manifest;
  for (const [name, version, effectiveFrom] of [
    ['one', '1', '2020-01-01'],
    ['two', '2', '2021-01-01'],
    ['three', '3', '2999-01-01'],
  ] as const) {
    const pack = path.join(folder, name);
    await cp('assets/policies/staff', pack, { recursive: true });
    await writeFile(path.join(pack, 'policy.json'), JSON.stringify({ ...manifest, version, effectiveFrom }));
  }
  const document = path.join(folder, 'two', manifest.documents['en-GB'] ?? '');
  await writeFile(document, `${await readFile(document, 'utf8')}\n\nA new last rule.\n`);
  const running = await startTestCollector({ policiesDirectory: folder });
  await publishTexts(running.dataDirectory, [{ policyVersion: '0.9' }]);
  for (const [name, policyVersion] of [
    ['carys', '1'],
    ['owain', '0.9'],
  ] as const) {
    const agent = await makeAgent(running);
    const account = { name, domain: 'YSGOL', sid: '', upn: '', displayName: '' };
    await report(agent, [agent.acknowledgement({ policyVersion, account })]);
  }
  const viewer = await signInAs(running.collector, { name: 'elin', roles: ['viewer'] });
  const { items } = policyListSchema.parse(await (await viewer.ask('GET', '/api/policies')).json());
  expect(items.map(({ policyId }) => policyId)).toEqual(['staff']);
  expect(items[0]?.versions.map(({ version, state, accepted }) => [version, state, accepted])).toEqual([
    ['3', 'future', 0],
    ['2', 'current', 0],
    ['1', 'earlier', 1],
    ['0.9', 'not-held', 1],
  ]);
  const second = policyTextSchema.parse(await (await viewer.ask('GET', '/api/policies/staff/2')).json());
  expect(second.changes?.since).toBe('1');
  expect(second.changes?.parts['en-GB'].filter(({ kind }) => kind !== 'same')).toEqual([
    { kind: 'added', markdown: 'A new last rule.' },
  ]);
  expect(second.changes?.parts['cy-GB'].every(({ kind }) => kind === 'same')).toBe(true);
  expect(second.parts.at(-1)).toEqual({ 'en-GB': 'A new last rule.' });
  expect(
    second.parts.slice(0, -1).every((part) => part['en-GB'] !== undefined && part['cy-GB'] !== undefined),
  ).toBe(true);
  expect((await viewer.ask('GET', '/api/policies/staff/1')).status).toBe(200);
  expect((await viewer.ask('GET', '/api/policies/staff/7')).status).toBe(404);
});
