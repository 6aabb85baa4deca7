/** Secrets sealed by DPAPI itself: the text alone is enough to open them. */
import { describe, expect, it } from 'vitest';
import { loadNative } from '../../../electron/platform/native/native.win32.ts';
import { createWindowsSecretStorePort } from '../../../electron/platform/secret-store/secret-store.win32.ts';

const secret = 'Cyfrinach ŵ '.repeat(40);

async function createStore() {
  const store = createWindowsSecretStorePort(await loadNative(), []);
  expect(store.capability()).toMatchObject({ level: 'full' });
  return store;
}

const partsOf = (kept: string) => JSON.parse(kept) as Record<string, string>;

describe('the secret store of Windows', () => {
  it('gives back what it was given, in another store of the same account', async () => {
    const kept = await (await createStore()).protect(secret);
    expect(kept).not.toContain('Cyfrinach');
    expect(Object.keys(partsOf(kept)).toSorted()).toEqual(['machine', 'user']);
    const opened = await (await createStore()).unprotect(kept);
    expect(opened.secret).toBe(secret);
    expect(await opened.renewed).toBe(undefined);
  });

  it('opens by either seal alone, and renews the other', async () => {
    const store = await createStore();
    const { user = '', machine = '' } = partsOf(await store.protect(secret));
    for (const parts of [{ user }, { machine }, { user, machine: 'AAAA' }, { user: 'AAAA', machine }]) {
      const opened = await store.unprotect(JSON.stringify(parts));
      expect(opened.secret).toBe(secret);
      const whole = await store.unprotect((await opened.renewed) ?? '');
      expect(whole.secret).toBe(secret);
      expect(await whole.renewed).toBe(undefined);
    }
  });

  it('refuses a text that it did not make', async () => {
    const store = await createStore();
    await expect(store.unprotect(JSON.stringify({ user: 'AAAA' }))).rejects.toThrow('in no way');
  });
});
