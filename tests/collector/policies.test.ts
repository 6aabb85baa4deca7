/** `GET /v1/policies…`: packs from a folder, with hashes and entity tags. */
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { type PackManifest, type PolicyPack, policyPackSchema } from '../../shared/policy/pack.ts';
import { policiesResponseSchema, problemSchema } from '../../shared/wire/collector-api.ts';
import { makePack } from '../fixtures/make-pack.ts';
import { makeFolder, startTestCollector } from './support.ts';

function filesOf({ manifest, texts }: PolicyPack): Record<string, string> {
  return {
    'policy.json': JSON.stringify(manifest),
    [manifest.documents['en-GB']]: texts['en-GB'],
    [manifest.documents['cy-GB']]: texts['cy-GB'],
  };
}

async function writePack(
  directory: string,
  name: string,
  changes: Partial<PackManifest>,
): Promise<PolicyPack> {
  const pack = makePack(changes);
  await mkdir(path.join(directory, name));
  for (const [file, content] of Object.entries(filesOf(pack))) {
    await writeFile(path.join(directory, name, file), content);
  }
  return pack;
}

async function startWithPacks() {
  const policiesDirectory = await makeFolder();
  const clock = { nowMs: Date.parse('2026-11-22T12:00:00Z') };
  const first = await writePack(policiesDirectory, 'staff-1', { version: '1' });
  const start = () => startTestCollector({ policiesDirectory, now: () => new Date(clock.nowMs) });
  return { policiesDirectory, clock, first, start };
}

async function list(address: string, audience = 'staff') {
  const response = await fetch(`${address}/v1/policies?audience=${audience}`);
  expect(response.status).toBe(200);
  return policiesResponseSchema.parse(await response.json()).policies;
}

describe('GET /v1/policies', () => {
  it('lists per policy the newest version in effect for the audience, in order', async () => {
    const { policiesDirectory, start } = await startWithPacks();
    const newest = await writePack(policiesDirectory, 'staff-10', { version: '10' });
    await writePack(policiesDirectory, 'staff-9', { version: '9' });
    await writePack(policiesDirectory, 'staff-11', { version: '11', effectiveFrom: '2026-11-23' });
    const photos = await writePack(policiesDirectory, 'photos', { id: 'photos', order: 1 });
    await writePack(policiesDirectory, 'pupil', { id: 'pupil', audiences: ['pupil'] });
    const { address } = await start();
    expect(await list(address)).toEqual(
      [photos, newest].map(({ manifest, textSha256 }) => ({
        id: manifest.id,
        version: manifest.version,
        manifest,
        textSha256,
      })),
    );
    expect((await list(address, 'pupil')).map(({ id }) => id)).toEqual(['pupil']);
    expect(await list(address, 'governor')).toEqual([]);
  });

  it('answers 304 to who has it already, and anew when a pack has changed', async () => {
    const { policiesDirectory, clock, start } = await startWithPacks();
    const { address } = await start();
    const ask = (tag: string) =>
      fetch(`${address}/v1/policies?audience=staff`, { headers: { 'if-none-match': tag } });
    const first = await ask('"other"');
    const tag = first.headers.get('etag') ?? '';
    expect([first.status, tag]).toEqual([200, expect.stringMatching(/^"[\w-]{43}"$/u)]);
    for (const known of [tag, `W/${tag}`, `"x", ${tag}`, '*']) {
      const again = await ask(known);
      expect([again.status, again.headers.get('etag'), await again.text()]).toEqual([304, tag, '']);
    }
    await writePack(policiesDirectory, 'staff-2', { version: '2' });
    clock.nowMs += 5000;
    const changed = await ask(tag);
    expect(changed.status).toBe(200);
    expect(changed.headers.get('etag')).not.toBe(tag);
  });

  it('asks for an audience that can be one', async () => {
    const { start } = await startWithPacks();
    const { address } = await start();
    for (const query of ['', '?audience=', '?audience=Staff%20Room', '?audience=staff&audience=pupil']) {
      const response = await fetch(`${address}/v1/policies${query}`);
      expect(problemSchema.parse(await response.json()).status).toBe(400);
    }
  });

  it('leaves out a pack that is wrong, says so once, and serves the others', async () => {
    const { policiesDirectory, clock, start } = await startWithPacks();
    await writePack(policiesDirectory, 'broken', { id: 'broken' });
    await writeFile(path.join(policiesDirectory, 'broken', 'policy.en-GB.md'), '');
    await writePack(policiesDirectory, 'twin-of-staff', { version: '1' });
    await writeFile(path.join(policiesDirectory, 'bad.zip'), 'no zip');
    const { address, logged } = await start();
    expect((await list(address)).map(({ id }) => id)).toEqual(['staff']);
    clock.nowMs += 5000;
    expect(await list(address)).toHaveLength(1);
    expect(logged).toHaveLength(3);
    for (const name of ['broken', 'twin-of-staff', 'bad.zip']) {
      expect(logged.filter((line) => line.startsWith(`policies: ${name}: `))).toHaveLength(1);
    }
  });

  it('reads zipped packs', async () => {
    const { policiesDirectory, start } = await startWithPacks();
    const pack = makePack({ id: 'zipped' });
    const entries = Object.entries(filesOf(pack)).map(([name, content]) => [name, strToU8(content)] as const);
    await writeFile(path.join(policiesDirectory, 'zipped.zip'), zipSync(Object.fromEntries(entries)));
    const { address } = await start();
    expect((await list(address)).map(({ id }) => id)).toEqual(['staff', 'zipped']);
  });

  it('answers 503, and never an empty list, when the folder cannot be read', async () => {
    const { policiesDirectory, clock, start } = await startWithPacks();
    const { address, logged } = await start();
    expect(await list(address)).toHaveLength(1);
    await rename(policiesDirectory, `${policiesDirectory}-away`);
    clock.nowMs += 5000;
    const response = await fetch(`${address}/v1/policies?audience=staff`);
    expect(response.headers.get('retry-after')).toBe('60');
    const body = await response.text();
    expect(problemSchema.parse(JSON.parse(body)).status).toBe(503);
    expect(body).not.toContain(policiesDirectory);
    expect(logged.join('\n')).toContain(policiesDirectory);
    await rename(`${policiesDirectory}-away`, policiesDirectory);
    expect(await list(address)).toHaveLength(1);
  });

  it('does not start with a folder that is not there', async () => {
    const { policiesDirectory, start } = await startWithPacks();
    await rm(policiesDirectory, { recursive: true });
    await expect(start()).rejects.toThrow(`The policy folder ${policiesDirectory} cannot be read (ENOENT)`);
  });

  it('says of a pack whose file cannot be read that it is left out', async () => {
    const { policiesDirectory, start } = await startWithPacks();
    await rm(path.join(policiesDirectory, 'staff-1', 'policy.json'));
    await mkdir(path.join(policiesDirectory, 'staff-1', 'policy.json'));
    const { address, logged } = await start();
    expect(await list(address)).toEqual([]);
    expect(logged).toEqual([expect.stringContaining('EISDIR')]);
  });
});

describe('GET /v1/policies/{id}/{version}', () => {
  it('gives the whole pack, in effect or not, with an entity tag', async () => {
    const { policiesDirectory, first, start } = await startWithPacks();
    await writePack(policiesDirectory, 'staff-2', { version: '2' });
    const { address } = await start();
    const response = await fetch(`${address}/v1/policies/staff/1`);
    expect(policyPackSchema.parse(await response.json())).toEqual(first);
    const again = await fetch(`${address}/v1/policies/staff/1`, {
      headers: { 'if-none-match': response.headers.get('etag') ?? '' },
    });
    expect(again.status).toBe(304);
  });

  it.each([
    ['staff/3', 404],
    ['nobody/1', 404],
    ['staff/latest', 400],
    ['..%2f..%2fetc/1', 400],
    ['staff/1/policy.json', 404],
  ])('%s is answered %i', async (place, status) => {
    const { start } = await startWithPacks();
    const { address } = await start();
    const response = await fetch(`${address}/v1/policies/${place}`);
    expect(problemSchema.parse(await response.json()).status).toBe(status);
  });

  it('serves the packs that the project ships, when no folder is named', async () => {
    const { address } = await startTestCollector();
    for (const audience of ['staff', 'pupil', 'visitor']) {
      expect((await list(address, audience)).length).toBeGreaterThan(0);
    }
  });
});
