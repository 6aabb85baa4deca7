/** A copy of the database beside a running collector: whole, one file, never written over another. */
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { containing, makeFolder, report, startTestCollector } from '../support/collector/collector.ts';
import { runCollector, runCollectorOnFullDisk } from '../support/collector/command-line.ts';
import { makeSigningAgent } from '../support/collector/evidence.ts';

async function reporting() {
  const running = await startTestCollector();
  const agent = await makeSigningAgent(running);
  const backUp = (file: string) => runCollector('backup', file, '--data', running.dataDirectory);
  return { ...running, agent, backUp };
}

describe('backup', () => {
  it('copies every event answered before it, while more events arrive, into a file that passes verify', async () => {
    const { agent, backUp } = await reporting();
    const sent: string[] = [];
    const send = async () => {
      const event = await agent.signed();
      expect(await report(agent, [event])).toMatchObject([{ status: 'stored' }]);
      sent.push(event.id);
    };
    for (let count = 0; count < 40; count += 1) await send();
    const before = [...sent];
    const folder = await makeFolder();
    const file = path.join(folder, 'monday.sqlite');
    let isOver = false;
    const copying = backUp(file).finally(() => {
      isOver = true;
    });
    while (!isOver) await send();
    const { code, stdout, stderr } = await copying;
    expect([code, stderr]).toEqual([0, '']);
    const { size, mode } = await stat(file);
    expect(mode & 0o777).toBe(0o600);
    expect(stdout).toBe(`The database is copied into ${file}, ${size} bytes.\n`);
    expect(await readdir(folder)).toEqual(['monday.sqlite']);
    expect(sent.length).toBeGreaterThan(before.length);

    // Restored as the help says.
    const restored = await makeFolder();
    await rename(file, path.join(restored, 'collector.sqlite'));
    const verified = await runCollector('verify', '--data', restored);
    expect(verified.stdout).toContain('acknowledgements are as they arrived');
    expect(verified.code).toBe(3);
    const database = new DatabaseSync(path.join(restored, 'collector.sqlite'), { readOnly: true });
    const ids = database
      .prepare('select event_id from events order by position')
      .all()
      .map((row) => row['event_id']);
    database.close();
    expect(ids.length).toBeGreaterThanOrEqual(before.length);
    expect(ids).toEqual(sent.slice(0, ids.length));
    const started = await startTestCollector({ dataDirectory: restored });
    expect(await report({ ...agent, address: started.address }, [await agent.signed()])).toMatchObject([
      { status: 'stored' },
    ]);
  });

  it('overwrites no file', async () => {
    const { dataDirectory, backUp } = await reporting();
    const file = path.join(await makeFolder(), 'backup.sqlite');
    await writeFile(file, 'last week');
    for (const taken of [file, path.join(dataDirectory, 'collector.sqlite')]) {
      expect(await backUp(taken)).toMatchObject({ code: 1, stdout: '', stderr: containing('written over') });
    }
    expect(await readFile(file, 'utf8')).toBe('last week');
  });

  it('leaves no file that looks like a backup when it fails, and says what to do', async () => {
    const { dataDirectory, backUp } = await reporting();
    const folder = await makeFolder();
    const file = path.join(folder, 'backup.sqlite');
    const full = await runCollectorOnFullDisk('backup', file, '--data', dataDirectory);
    expect(full).toMatchObject({ code: 1, stdout: '' });
    expect(full.stderr).not.toMatch(/^\s+at /mu);
    expect(await readdir(folder)).toEqual([]);
    const nowhere = path.join(folder, 'nowhere', 'backup.sqlite');
    expect(await backUp(nowhere)).toMatchObject({
      code: 1,
      stderr: containing('cannot be written (ENOENT)'),
    });
    // The rest of an interrupted attempt does not block the next one.
    await writeFile(`${file}.partial`, 'half');
    expect((await backUp(file)).code).toBe(0);
    expect(await readdir(folder)).toEqual(['backup.sqlite']);
  });

  it('requires exactly one file name, and a folder with a collector', async () => {
    const empty = await makeFolder();
    await mkdir(path.join(empty, 'data'));
    for (const args of [[], ['a', 'b']]) {
      expect((await runCollector('backup', ...args, '--data', empty)).stderr).toContain('a new file');
    }
    const none = await runCollector('backup', path.join(empty, 'f'), '--data', path.join(empty, 'data'));
    expect(none).toMatchObject({ code: 1, stderr: containing('no collector') });
    expect(await readdir(empty)).toEqual(['data']);
  });
});
