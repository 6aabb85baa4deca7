/** Small state: absent, loaded, damaged and not-ours are four answers, and a full disk destroys no stored value. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { type OpenStorageFile, openStorageFile } from '../../../../electron/storage/durable-file.ts';
import { openIdentity } from '../../../../electron/storage/identity/identity.ts';
import { noProtection } from '../../../../electron/storage/identity/secret-protection.ts';
import { openSettings } from '../../../../electron/storage/settings/settings.ts';
import { openSmallStore } from '../../../../electron/storage/small-store.ts';
import type { StorageFault } from '../../../../electron/storage/storage-fault.ts';
import { withDirectory } from '../../../support/storage-fixtures.ts';

const schema = z.strictObject({ words: z.array(z.string()) });
const nowUtc = (): Date => new Date('2026-09-01T07:45:00Z');

async function open(
  directory: string,
  faults: StorageFault[] = [],
  openFile: OpenStorageFile = openStorageFile,
) {
  return openSmallStore({
    directory,
    name: 'words',
    schema,
    nowUtc,
    onFault: (fault) => faults.push(fault),
    openFile,
  });
}

async function mustOpen(...args: Parameters<typeof open>) {
  const opened = await open(...args);
  if (!opened.ok) throw new Error(opened.error.kind);
  return opened.value;
}

describe('a small store', () => {
  it('is absent, then loaded; it writes nothing before the first write call', async () => {
    await withDirectory(async (parent) => {
      const directory = join(parent, 'state');
      const { store, state } = await mustOpen(directory);
      expect(state).toEqual({ found: 'absent' });
      expect(await readdir(parent)).toEqual([]);
      const value = { words: ['llŷn', '"', '\n', '\u2028', '😀'] };
      expect(await store.write(value)).toEqual({ ok: true, value: undefined });
      expect((await mustOpen(directory)).state).toEqual({ found: 'loaded', value });
      expect(await readdir(directory)).toEqual(['words.json']);
    });
  });

  it('keeps the last of many writes at one time', async () => {
    await withDirectory(async (directory) => {
      const { store } = await mustOpen(directory);
      await Promise.all(Array.from({ length: 20 }, (_, index) => store.write({ words: [String(index)] })));
      expect((await mustOpen(directory)).state).toEqual({ found: 'loaded', value: { words: ['19'] } });
    });
  });

  it.each([
    ['nothing', ''],
    ['half of it', '{"format":1,"checksum":"'],
    ['no object', '[]'],
    ['another shape', '{"format":1,"checksum":"x","value":{"letters":[]}}'],
    ['an old form', '{"words":["a"]}'],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
  ])('renames a damaged file (%s), reports it, and starts a new one', async (_name, content) => {
    await withDirectory(async (directory) => {
      await writeFile(join(directory, 'words.json'), content);
      const faults: StorageFault[] = [];
      const { store, state } = await mustOpen(directory, faults);
      expect(state).toEqual({ found: 'damaged', keptAs: 'words.damaged-20260901T074500000Z.json' });
      expect(faults).toMatchObject([{ fault: 'store-damaged', subject: 'words.json' }]);
      await store.write({ words: ['new'] });
      await writeFile(join(directory, 'words.json'), 'damaged again');
      await mustOpen(directory);
      expect(await readFile(join(directory, 'words.damaged-20260901T074500000Z.json'))).toEqual(
        Buffer.from(content),
      );
      expect(await readFile(join(directory, 'words.damaged-20260901T074500000Z-1.json'), 'utf8')).toBe(
        'damaged again',
      );
    });
  });

  it('detects a change that leaves valid JSON of the right shape', async () => {
    await withDirectory(async (directory) => {
      const { store } = await mustOpen(directory);
      await store.write({ words: ['yes'] });
      const path = join(directory, 'words.json');
      await writeFile(path, (await readFile(path, 'utf8')).replace('yes', 'yet'));
      expect((await mustOpen(directory)).state).toMatchObject({ found: 'damaged' });
    });
  });

  it('leaves alone a file of a future format, and one that it cannot read', async () => {
    await withDirectory(async (directory) => {
      const future = '{"format":2,"value":"who knows"}';
      await writeFile(join(directory, 'words.json'), future);
      expect(await open(directory)).toEqual({
        ok: false,
        error: { kind: 'future-format', file: 'words.json', format: 2 },
      });
      expect(await readFile(join(directory, 'words.json'), 'utf8')).toBe(future);
    });
    await withDirectory(async (directory) => {
      await mkdir(join(directory, 'words.json'));
      expect(await open(directory)).toMatchObject({ ok: false, error: { kind: 'unreadable' } });
    });
  });

  it('keeps the old value complete when the disk accepts only a part of the new one', async () => {
    await withDirectory(async (directory) => {
      let roomBytes = Number.POSITIVE_INFINITY;
      const openFile: OpenStorageFile = async (path, flags, mode) => {
        const file = await openStorageFile(path, flags, mode);
        return {
          read: (buffer, offset, length, position) => file.read(buffer, offset, length, position),
          write: (buffer, offset, length, position) => {
            const part = Math.min(length, roomBytes);
            roomBytes -= part;
            return file.write(buffer, offset, part, position);
          },
          datasync: () => file.datasync(),
          sync: () => file.sync(),
          truncate: (length) => file.truncate(length),
          stat: () => file.stat(),
          close: () => file.close(),
        };
      };
      const { store } = await mustOpen(directory, [], openFile);
      await store.write({ words: ['old'] });
      roomBytes = 20;
      expect(await store.write({ words: ['new'.repeat(5000)] })).toMatchObject({
        ok: false,
        error: { kind: 'disk-full' },
      });
      expect((await mustOpen(directory)).state).toEqual({ found: 'loaded', value: { words: ['old'] } });
      expect(await readdir(directory)).toEqual(['words.json']);
    });
  });
});

describe('settings', () => {
  it('start with defaults and keep each change, one after the other', async () => {
    await withDirectory(async (directory) => {
      const onFault = (): void => undefined;
      const settings = await openSettings({ directory, nowUtc, onFault });
      if (!settings.ok) throw new Error(settings.error.kind);
      expect(settings.value.current()).toEqual({});
      const crash = (at: string) =>
        settings.value.update((current) => ({
          ...current,
          gateCrashes: { loginId: 'login-1', at: [...(current.gateCrashes?.at ?? []), at] },
        }));
      await Promise.all([crash('2026-09-01T07:00:00Z'), crash('2026-09-01T07:01:00Z')]);
      const again = await openSettings({ directory, nowUtc, onFault });
      if (!again.ok) throw new Error(again.error.kind);
      expect(again.value.current().gateCrashes?.at).toHaveLength(2);
    });
  });
});

describe('the identity', () => {
  const onFault = (): void => undefined;
  const enrolment = { agentId: 'agent-1', agentToken: 't'.repeat(32), collectorUrl: 'https://c.example' };
  const scrambled = {
    name: 'scrambled',
    available: () => true,
    protect: (secret: string) => Promise.resolve(Buffer.from(secret).toString('base64')),
    unprotect: (kept: string) => Promise.resolve({ secret: Buffer.from(kept, 'base64').toString('utf8') }),
    earlier: [],
  };

  it('is one key pair over restarts and is enrolled with one collector only', async () => {
    await withDirectory(async (directory) => {
      const first = await openIdentity({ directory, protection: noProtection, nowUtc, onFault });
      if (!first.ok) throw new Error(first.error.kind);
      expect(first.value.everEnrolled()).toBe(false);
      await first.value.saveEnrolment(enrolment);
      const again = await openIdentity({ directory, protection: noProtection, nowUtc, onFault });
      if (!again.ok) throw new Error(again.error.kind);
      expect(again.value.publicKey).toEqual(first.value.publicKey);
      expect(again.value.enrolment('https://c.example')).toEqual(enrolment);
      expect(again.value.enrolment('https://other.example')).toBeUndefined();
      const { sign, createPublicKey, verify } = await import('node:crypto');
      const signature = sign(null, Buffer.from('facts'), again.value.privateKey);
      const publicKey = createPublicKey({ key: first.value.publicKey, format: 'jwk' });
      expect(verify(null, Buffer.from('facts'), publicKey, signature)).toBe(true);
    });
  });

  it('keeps key and token protected where the system can, and leaves them alone where the system stops doing so', async () => {
    await withDirectory(async (directory) => {
      const first = await openIdentity({ directory, protection: scrambled, nowUtc, onFault });
      if (!first.ok) throw new Error(first.error.kind);
      await first.value.saveEnrolment(enrolment);
      const path = join(directory, 'identity.json');
      const before = await readFile(path, 'utf8');
      expect(before).not.toContain(enrolment.agentToken);
      const broken = {
        ...scrambled,
        unprotect: () => Promise.reject(new Error('no keyring')),
      };
      for (const protection of [noProtection, broken]) {
        expect(await openIdentity({ directory, protection, nowUtc, onFault })).toMatchObject({
          ok: false,
          error: { kind: 'locked' },
        });
      }
      expect(await readFile(path, 'utf8')).toBe(before);
    });
  });

  it.each([false, true])(
    'stores the text that the system renews later, saved since: %s',
    async (isSavedSince) => {
      await withDirectory(async (directory) => {
        const first = await openIdentity({ directory, protection: scrambled, nowUtc, onFault });
        if (!first.ok) throw new Error(first.error.kind);
        let bringText: (text: string) => void = () => undefined;
        const renewed = new Promise<string>((resolve) => {
          bringText = resolve;
        });
        const protection = {
          ...scrambled,
          unprotect: async (kept: string) => ({ ...(await scrambled.unprotect(kept)), renewed }),
        };
        // Opens while the text is still to come.
        const opened = await openIdentity({ directory, protection, nowUtc, onFault });
        if (!opened.ok) throw new Error(opened.error.kind);
        const stored = () => readFile(join(directory, 'identity.json'), 'utf8');
        const text = 'a text of the renewed seal';
        if (isSavedSince) {
          await opened.value.saveEnrolment(enrolment);
          bringText(text);
          // One write after the other: the second is done when a text that waited before it was.
          await opened.value.saveEnrolment(enrolment);
          expect(await stored()).not.toContain(text);
        } else {
          bringText(text);
          await vi.waitFor(async () => expect(await stored()).toContain(text));
        }
      });
    },
  );

  it('is stored unprotected, and reports it, where the system offers no protection', async () => {
    await withDirectory(async (directory) => {
      const faults: StorageFault[] = [];
      const broken = {
        ...scrambled,
        protect: () => Promise.reject(new Error('no keyring')),
      };
      const opened = await openIdentity({
        directory,
        protection: broken,
        nowUtc,
        onFault: (each) => faults.push(each),
      });
      expect(opened.ok).toBe(true);
      expect(faults).toMatchObject([{ fault: 'key-unprotected' }]);
      expect((await openIdentity({ directory, protection: broken, nowUtc, onFault })).ok).toBe(true);
    });
  });
});

it('a file of a newer agent with added members is read, and keeps them', async () => {
  await withDirectory(async (directory) => {
    const value = { words: ['one'], added: { by: 'a newer agent' } };
    const { store } = await mustOpen(directory);
    await store.write(value);
    const faults: StorageFault[] = [];
    const { state } = await mustOpen(directory, faults);
    expect(state).toEqual({ found: 'loaded', value });
    expect(faults).toEqual([]);
    await store.write({ ...value, words: [] });
    expect(await readFile(join(directory, 'words.json'), 'utf8')).toContain('a newer agent');
  });
});
