import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { keepLastLogon, readLastLogon } from '../../../../../electron/storage/logon/last-logon.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'porthor-logon-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('keeps the last logon, in a folder that may not exist yet', async () => {
  const own = path.join(folder, 'own');
  expect(await readLastLogon(own)).toBeUndefined();
  await keepLastLogon(own, { secondsToGate: 4.2, gate: 'shown' });
  await keepLastLogon(own, { secondsToGate: 3, gate: 'open' });
  expect(await readLastLogon(own)).toEqual({ secondsToGate: 3, gate: 'open' });
});

it.each(['', '{', '{"secondsToGate":-1,"gate":"shown"}', '{"secondsToGate":2}'])(
  'knows nothing from a file with %j',
  async (content) => {
    await writeFile(path.join(folder, 'last-logon.json'), content);
    expect(await readLastLogon(folder)).toBeUndefined();
  },
);
