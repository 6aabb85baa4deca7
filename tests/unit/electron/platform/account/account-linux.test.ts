import { describe, expect, it } from 'vitest';
import { nameLogin, parseProcessStat } from '../../../../../electron/platform/account/parse-login.ts';
import {
  findLocalAccount,
  findLocalGroups,
  parseDefaultRealm,
  parseGroupNames,
  parsePasswdLine,
  splitAccountName,
} from '../../../../../electron/platform/account/parse-passwd.ts';

describe('a line of the user database', () => {
  it.each([
    ['root:x:0:0:root:/root:/bin/bash', { name: 'root', uid: 0, displayName: 'root' }],
    [
      'sprys:x:1001:1001:Siân Prys,Swyddfa 3,01978,,:/home/sprys:/bin/bash',
      { name: 'sprys', uid: 1001, displayName: 'Siân Prys' },
    ],
    [
      'daemon:x:1:1:& ($& test):/:/bin/false',
      { name: 'daemon', uid: 1, displayName: 'Daemon ($Daemon test)' },
    ],
    [
      'YSGOL\\sprys:*:21107:20513::/home/YSGOL/sprys:/bin/bash',
      { name: 'YSGOL\\sprys', uid: 21_107, displayName: '' },
    ],
  ])('%s', (line, entry) => {
    expect(parsePasswdLine(line)).toEqual(entry);
  });

  it.each(['', 'root', 'root:x', ':x:0:0:::', 'root:x:zero:0:::', 'root:x:-1:0:::'])(
    '%j is not an account',
    (line) => {
      expect(parsePasswdLine(line)).toBeUndefined();
    },
  );

  it('makes an account local only with its own number', () => {
    const passwd = 'root:x:0:0:root:/root:/bin/bash\n# comment\nsprys:x:1001:1001::/home/sprys:/bin/bash\n';
    expect(findLocalAccount(passwd, 1001)).toEqual({ name: 'sprys', uid: 1001, displayName: '' });
    expect(findLocalAccount(passwd, 21_107)).toBeUndefined();
    expect(findLocalAccount('', 1001)).toBeUndefined();
  });
});

describe('local groups of this PC', () => {
  const groups = 'root:x:0:\n# comment\nstaff:x:50:sprys\nathrawon:x:1001:\nother:x:fifty:\n';

  it('are named where the group file holds every one of them', () => {
    expect(findLocalGroups(groups, [1001, 50, 1001])).toEqual(['athrawon', 'staff']);
  });

  it('are left to the name service where the file lacks one, or where there are no groups', () => {
    expect(findLocalGroups(groups, [1001, 20_513])).toBeUndefined();
    expect(findLocalGroups(groups, [])).toBeUndefined();
    expect(findLocalGroups('', [0])).toBeUndefined();
  });
});

describe('account names of a directory', () => {
  it.each([
    ['YSGOL\\sprys', 'YSGOL', 'sprys'],
    ['sprys@ysgol.example', 'ysgol.example', 'sprys'],
    ['sprys', '', 'sprys'],
  ])('%s', (fullName, domain, name) => {
    expect(splitAccountName(fullName)).toEqual({ domain, name });
  });

  it('keep the spaces in group names', () => {
    expect(parseGroupNames('domain users\0staff\0')).toEqual(['domain users', 'staff']);
    expect(parseGroupNames('')).toEqual([]);
  });

  it('find the realm in krb5.conf', () => {
    const text = '[libdefaults]\n  # default_realm = OLD.EXAMPLE\n\tdefault_realm = YSGOL.EXAMPLE\n';
    expect(parseDefaultRealm(text)).toBe('YSGOL.EXAMPLE');
    expect(parseDefaultRealm('[libdefaults]\n')).toBe('');
  });
});

describe('the id of a login', () => {
  const facts = {
    bootId: '9ba66598-c0c8-4299-8818-599ff236fc72\n',
    auditSession: '3',
    xdgSession: 'c2',
    leaderStat: '2413 (gnome-session-b) S 2401 2413 2413 0 -1 4194304 1 0 0 0 5 2 0 0 20 0 4 0 118281 1 2 3',
  };
  const none = '4294967295';

  it('uses the source that the user can change least', () => {
    const boot = 'linux:9ba66598-c0c8-4299-8818-599ff236fc72';
    expect(nameLogin(facts)).toBe(`${boot}:audit:3`);
    expect(nameLogin({ ...facts, auditSession: none })).toBe(`${boot}:session:c2`);
    expect(nameLogin({ ...facts, auditSession: '', xdgSession: '../x' })).toBe(`${boot}:leader:2413:118281`);
    expect(nameLogin({ ...facts, auditSession: none, xdgSession: '', leaderStat: '' })).toBe(boot);
  });

  it('differs for the next login with the same process number', () => {
    const fallback = { ...facts, auditSession: none, xdgSession: '' };
    const later = { ...fallback, leaderStat: facts.leaderStat.replace('118281', '990000') };
    expect(nameLogin(later)).not.toBe(nameLogin(fallback));
  });

  it('is not misled by a program whose name looks like the fields after it', () => {
    const stat = '7 (x) S 1 1 1) R 5 6 42 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0 555 0 0';
    expect(parseProcessStat(stat)).toEqual({ pid: 7, session: 42, startTicks: '555' });
    expect(parseProcessStat('')).toBeUndefined();
  });
});
