/** Who may read a folder: the text of Windows' lists, and the modes of this system. */
import { chmod, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { linuxFolderRightsPort } from '../../../../../electron/platform/folder-rights/folder-rights.linux.ts';
import { isTrustee, parseSddl } from '../../../../../electron/platform/folder-rights/parse-sddl.ts';

const mair = 'S-1-5-21-1-2-3-1001';

describe('a list of rights in the text form of Windows', () => {
  it.each([
    // Below ProgramData: inherited rights of the users of the PC.
    [
      `O:${mair}G:DUD:AI(A;OICIID;FA;;;SY)(A;OICIID;FA;;;BA)(A;OICIIOID;GA;;;CO)(A;OICIID;0x1200a9;;;BU)`,
      { owner: mair, allowed: ['SY', 'BA', 'BU'] },
    ],
    // On another disk: every account may change.
    ['O:BAD:(A;OICIID;0x1301bf;;;AU)', { owner: 'BA', allowed: ['AU'] }],
    [
      `O:${mair}D:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;${mair})`,
      { owner: mair, allowed: ['SY', 'BA', mair] },
    ],
    // An entry that denies admits no one; the audit list is no list of rights.
    ['O:LAD:P(D;;FA;;;WD)(A;;FA;;;LA)S:AI(AU;SAFA;FA;;;WD)', { owner: 'LA', allowed: ['LA'] }],
    // A condition, and an entry for one property alone.
    ['O:SYD:(XA;;FR;;;WD;(Title == "IO"))(OA;;RP;;;BU)', { owner: 'SY', allowed: ['WD', 'BU'] }],
    ['O:SYD:NO_ACCESS_CONTROL', { owner: 'SY', allowed: undefined }],
    ['O:SY', { owner: 'SY', allowed: undefined }],
    ['O:SYD:P', { owner: 'SY', allowed: [] }],
    ['', { owner: '', allowed: undefined }],
  ])('%j', (text, expected) => {
    expect(parseSddl(text)).toEqual(expected);
  });

  it('knows the built-in administrator by two letters', () => {
    expect(isTrustee('LA', 'S-1-5-21-1-2-3-500')).toBe(true);
    expect(isTrustee('LA', 'S-1-5-21-1-2-3-1500')).toBe(false);
    expect(isTrustee('LG', 'S-1-5-21-1-2-3-501')).toBe(true);
    expect(isTrustee(mair, mair)).toBe(true);
    expect(isTrustee('BU', mair)).toBe(false);
  });
});

describe('a folder on Linux', () => {
  it('is listed as open by its mode, and closed without touching the owner’s rights', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'porthor-rights-'));
    try {
      await chmod(folder, 0o2755);
      const { gid } = await stat(folder);
      expect(await linuxFolderRightsPort.listOthers(folder)).toEqual({
        ok: true,
        value: [`group ${gid}`, 'everybody'],
      });
      expect(await linuxFolderRightsPort.closeToOthers(folder)).toEqual({ ok: true, value: undefined });
      expect((await stat(folder)).mode & 0o777).toBe(0o700);
      expect(await linuxFolderRightsPort.listOthers(folder)).toEqual({ ok: true, value: [] });
      expect(await linuxFolderRightsPort.isOwn(folder)).toBe(true);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    expect(await linuxFolderRightsPort.closeToOthers(folder)).toEqual({ ok: false, error: 'ENOENT' });
    expect(await linuxFolderRightsPort.isOwn(folder)).toBe(false);
  });
});
