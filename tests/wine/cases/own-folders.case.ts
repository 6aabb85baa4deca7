/** The folder that the runtime locks on Windows: on this PC, never in the part of the profile that roams. */
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { findWindowsFolders } from '../../../electron/platform/own-folders/own-folders.win32.ts';

describe('the runtime’s own folders on Windows', () => {
  it('are local ones, one for each session, whatever the environment says', async () => {
    const roaming = process.env['APPDATA'] ?? '';
    const found = await findWindowsFolders(path.join(roaming, 'Porthor'), { LOCALAPPDATA: 'X:\\elsewhere' });
    const local = process.env['LOCALAPPDATA'] ?? '';
    expect(local).not.toBe('');
    expect(found.folders.map((folder) => folder.toLowerCase())).toEqual(
      ['', '-2', '-3', '-4'].map((suffix) => `${path.join(local, 'Porthor')}${suffix}`.toLowerCase()),
    );
    expect(found.folders.some((folder) => folder.startsWith(roaming))).toBe(false);
  });

  it('are held by no agent of this session', async () => {
    const { folders, isAgentHere } = await findWindowsFolders('C:\\Porthor', {});
    expect(folders.map(isAgentHere)).toEqual([false, false, false, false]);
  });
});
