/** The account on a Windows PC whose allow-list refuses the library that calls Windows. */
import os from 'node:os';
import { describe, expect, it } from 'vitest';
import { createWindowsAccountPort } from '../../../../../electron/platform/account/account.win32.ts';
import { readAccountWithoutNative } from '../../../../../electron/platform/account/account-without-native.win32.ts';
import {
  parseWhoamiGroups,
  parseWhoamiLogon,
  parseWhoamiUser,
} from '../../../../../electron/platform/account/parse-whoami.ts';
import type { ToolAnswer } from '../../../../../electron/platform/run-tool.ts';
import { fail } from '../../../../../shared/lib/result.ts';

const sid = 'S-1-5-21-1004336348-1177238915-682003330-1107';
const userText = `"ysgol\\sprys","${sid}"\r\n`;
const groupsText = [
  '"Everyone","Well-known group","S-1-1-0","Mandatory group, Enabled by default, Enabled group"',
  '"YSGOL\\Staff ""A""","Group","S-1-5-21-1004336348-1177238915-682003330-1201","Mandatory group"',
  '"YSGOL\\Athrawon T\uFFFD","Group","S-1-5-21-1004336348-1177238915-682003330-1202","Mandatory group"',
  '"","Unknown SID type","S-1-12-1-3-4-5-6","Mandatory group"',
  '"Mandatory Label\\Medium Mandatory Level","Label","S-1-16-8192",""',
  '',
].join('\r\n');

describe('what whoami prints', () => {
  it('names the user by the security identifier', () => {
    expect(parseWhoamiUser(userText)).toBe(sid);
    expect(parseWhoamiUser('ERROR: Access is denied.\r\n')).toBeUndefined();
    expect(parseWhoamiUser('"a","not a SID"')).toBeUndefined();
  });

  it('names groups by identifier, and by each name that can be read', () => {
    expect(parseWhoamiGroups(groupsText)).toEqual([
      'S-1-1-0',
      'Everyone',
      'S-1-5-21-1004336348-1177238915-682003330-1201',
      'YSGOL\\Staff "A"',
      'S-1-5-21-1004336348-1177238915-682003330-1202',
      'S-1-12-1-3-4-5-6',
    ]);
    expect(parseWhoamiGroups('')).toEqual([]);
  });

  it('names the login session', () => {
    expect(parseWhoamiLogon('S-1-5-5-0-123456\r\n')).toBe('S-1-5-5-0-123456');
    expect(parseWhoamiLogon('')).toBeUndefined();
  });
});

describe('an account that is read without calling Windows', () => {
  const environment = { USERDOMAIN: 'YSGOL' };
  const read = (run: (what: string) => ToolAnswer, userName = () => 'sprys') =>
    readAccountWithoutNative({
      environment,
      systemRoot: 'C:\\Windows',
      run: (file, [what = '']) => {
        expect(file).toBe('C:\\Windows\\System32\\whoami.exe');
        return Promise.resolve(run(what));
      },
      userName,
    });
  const printed = (stdout: string): ToolAnswer => ({ kind: 'done', exitCode: 0, stdout, stderr: '' });

  it('has the identifier, groups and login of the same account, read the usual way', async () => {
    const texts: Record<string, string> = {
      '/user': userText,
      '/groups': groupsText,
      '/logonid': 'S-1-5-5-0-123456\r\n',
    };
    const answer = await read((what) => printed(texts[what] ?? ''));
    expect(answer).toMatchObject({
      ok: true,
      value: {
        account: {
          account: { name: 'sprys', domain: 'YSGOL', sid },
          loginId: 'windows:S-1-5-5-0-123456:unknown',
        },
        shortfall: '',
      },
    });
  });

  it('has name and domain where Windows’ program is refused too, and each start counts as a login', async () => {
    const refused: ToolAnswer = { kind: 'missing', reason: 'EPERM' };
    const [first, second] = [await read(() => refused), await read(() => refused)];
    if (!first.ok || !second.ok) throw new Error('there is no account');
    expect(first.value.account.account).toMatchObject({ name: 'sprys', domain: 'YSGOL', sid: '' });
    expect(first.value.shortfall).toContain('security identifier');
    expect(first.value.account.loginId).not.toBe(second.value.account.loginId);
  });

  it('is not there where the runtime knows no name', async () => {
    const unknown = () => {
      throw new Error('no such user');
    };
    expect(await read(() => printed(''), unknown)).toEqual({ ok: false, error: 'no such user' });
  });

  it('keeps no user out where the library cannot be loaded, and says so', async () => {
    const port = createWindowsAccountPort({
      environment: { USERDOMAIN: 'YSGOL' },
      load: () => Promise.resolve(fail('Windows cannot be called: blocked by group policy')),
    });
    const answer = await port.read();
    expect(answer).toMatchObject({
      ok: true,
      value: { account: { name: os.userInfo().username, domain: 'YSGOL' } },
    });
    expect(port.capability()).toMatchObject({ level: 'degraded' });
    expect(port.capability().reason).toContain('blocked by group policy');
  });
});
