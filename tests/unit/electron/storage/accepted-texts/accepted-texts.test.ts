/** The exact texts beside the receipts: kept complete, or not shown. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  type AcceptedTexts,
  createAcceptedTexts,
} from '../../../../../electron/storage/accepted-texts/accepted-texts.ts';
import { makePack } from '../../../../fixtures/make-pack.ts';

let directory: string;
let faults: string[];
let texts: AcceptedTexts;
const pack = makePack();
const sha256 = pack.textSha256['cy-GB'];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'porthor-texts-'));
  faults = [];
  texts = createAcceptedTexts({
    directory,
    nowUtc: () => new Date('2026-11-22T08:40:00Z'),
    onFault: ({ fault }) => faults.push(fault),
  });
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

test('a text is kept once, with the ticks of each acceptance', async () => {
  await texts.keep(pack, 'cy-GB', 'one', ['agree']);
  await texts.keep(pack, 'cy-GB', 'two', ['agree', 'news']);
  expect(await texts.read(sha256)).toMatchObject({
    policyId: 'staff',
    language: 'cy-GB',
    text: pack.texts['cy-GB'],
    statements: pack.manifest.statements,
    ticked: [
      { eventId: 'one', ids: ['agree'] },
      { eventId: 'two', ids: ['agree', 'news'] },
    ],
  });
  expect(await readdir(join(directory, 'accepted-texts'))).toEqual([`${sha256}.json`]);
  expect(faults).toEqual([]);
});

test('an answer keeps its own statements when a later version asks for others beside the same text', async () => {
  await texts.keep(pack, 'cy-GB', 'one', ['agree']);
  const [agree] = pack.manifest.statements;
  const statements = agree === undefined ? [] : [{ ...agree, id: 'more' }];
  const next = { ...pack, manifest: { ...pack.manifest, version: '2', statements } };
  await texts.keep(next, 'cy-GB', 'two', ['more']);
  await texts.keep(next, 'cy-GB', 'three', ['more']);
  expect(await texts.read(sha256)).toMatchObject({
    policyVersion: '2',
    statements,
    ticked: [
      { eventId: 'one', ids: ['agree'], statements: pack.manifest.statements },
      { eventId: 'two', ids: ['more'] },
      { eventId: 'three', ids: ['more'] },
    ],
  });
});

test('a text that no user accepted here is absent', async () => {
  expect(await texts.read(pack.textSha256['en-GB'])).toBeUndefined();
});

test('an altered text is never shown', async () => {
  await texts.keep(pack, 'cy-GB', 'one', []);
  const file = join(directory, 'accepted-texts', `${sha256}.json`);
  await writeFile(file, (await readFile(file, 'utf8')).replace('Look after', 'Forget'));
  expect(await texts.read(sha256)).toBeUndefined();
});

test('a text that cannot be kept causes a fault report and no other failure', async () => {
  await writeFile(join(directory, 'accepted-texts'), 'a file where the folder should be');
  await texts.keep(pack, 'cy-GB', 'one', []);
  expect(faults).toEqual(['accepted-text-not-kept']);
});
