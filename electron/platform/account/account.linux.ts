/** The signed-in account on Linux, as the name service knows it. */
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import type { Capability } from '../../../shared/wire/events.ts';
import { describeError } from '../describe-error.ts';
import { runTool } from '../run-tool.ts';
import type { AccountPort, AccountProblem, SignedInAccount } from './account-port.ts';
import { nameLogin, parseProcessStat } from './parse-login.ts';
import {
  findLocalAccount,
  findLocalGroups,
  type PasswdEntry,
  parseDefaultRealm,
  parseGroupNames,
  parsePasswdLine,
  splitAccountName,
} from './parse-passwd.ts';

/** A name service behind a dead directory server answers after minutes; a person waits in front of the gate. */
const toolDeadlineMs = 4000;

export function createLinuxAccountPort(environment: NodeJS.ProcessEnv): AccountPort {
  let capability: Capability = { name: 'account', level: 'full', reason: '' };
  const degrade = (reason: string) => {
    capability = { name: 'account', level: 'degraded', reason };
  };

  const read = async (): Promise<Result<SignedInAccount, AccountProblem>> => {
    const [passwd, groups, loginId] = await Promise.all([
      readPasswdEntry(),
      readGroups(),
      readLoginId(environment),
    ]);
    if (!passwd.ok) {
      degrade(passwd.error);
      return fail({ kind: 'unreadable', reason: passwd.error });
    }
    if (groups.ok) capability = { name: 'account', level: 'full', reason: '' };
    else degrade(groups.error);
    const { entry, local } = passwd.value;
    const { name, domain } = local
      ? { name: entry.name, domain: os.hostname() }
      : await nameInDirectory(entry.name);
    return succeed({
      account: {
        name: name.slice(0, 256),
        domain: domain.slice(0, 256),
        sid: '',
        upn: !local && entry.name.includes('@') ? entry.name.slice(0, 1024) : '',
        displayName: entry.displayName.slice(0, 1024),
      },
      groups: groups.ok ? groups.value : [],
      loginId,
    });
  };

  return { capability: () => capability, read };
}

interface FoundEntry {
  readonly entry: PasswdEntry;
  /** The account is one of this PC itself. */
  readonly local: boolean;
}

/**
 * The PC's own file first: most names stand there, and a person waits while a tool is started. The runtime's own lookup
 * is the fallback for systems without getent only: it cannot be given a deadline and would freeze every window with it.
 */
async function readPasswdEntry(): Promise<Result<FoundEntry, string>> {
  const uid = process.getuid?.();
  if (uid === undefined) return fail('the system gives no user id');
  const own = findLocalAccount(await readText('/etc/passwd'), uid);
  if (own !== undefined) return succeed({ entry: own, local: true });
  const answer = await runTool('getent', ['passwd', String(uid)], { deadlineMs: toolDeadlineMs });
  if (answer.kind === 'late') return fail(answer.reason);
  if (answer.kind === 'done') {
    const entry = parsePasswdLine(answer.stdout.split('\n')[0] ?? '');
    if (entry !== undefined && entry.uid === uid) return succeed({ entry, local: false });
    return fail(`user id ${uid} has no name`);
  }
  try {
    return succeed({ entry: { name: os.userInfo().username, uid, displayName: '' }, local: false });
  } catch (error) {
    return fail(`user id ${uid}: ${describeError(error)}`);
  }
}

/** A group that has lost its name makes `id` complain and still print the others (and the number). */
async function readGroups(): Promise<Result<readonly string[], string>> {
  const gids = [process.getgid?.() ?? [], process.getgroups?.() ?? []].flat();
  const own = findLocalGroups(await readText('/etc/group'), gids);
  if (own !== undefined) return succeed(own);
  const answer = await runTool('id', ['-Gnz'], { deadlineMs: toolDeadlineMs });
  if (answer.kind !== 'done') return fail(`groups are not known: ${answer.reason}`);
  const names = parseGroupNames(answer.stdout);
  return names.length > 0 ? succeed(names) : fail('groups are not known: id named none');
}

/**
 * The search domain of the network is deliberately not used: it changes with the network a laptop is in, and the
 * account would become another person.
 */
async function nameInDirectory(
  fullName: string,
): Promise<{ readonly name: string; readonly domain: string }> {
  const split = splitAccountName(fullName);
  if (split.domain !== '') return split;
  const realm = parseDefaultRealm(await readText('/etc/krb5.conf'));
  if (realm !== '') return { name: split.name, domain: realm };
  const hostname = os.hostname();
  const dot = hostname.indexOf('.');
  return { name: split.name, domain: dot === -1 ? '' : hostname.slice(dot + 1) };
}

async function readLoginId(environment: NodeJS.ProcessEnv): Promise<string> {
  const [bootId, auditSession, ownStat] = await Promise.all([
    readText('/proc/sys/kernel/random/boot_id'),
    readText('/proc/self/sessionid'),
    readText('/proc/self/stat'),
  ]);
  const session = parseProcessStat(ownStat)?.session;
  const leaderStat = session === undefined || session === 0 ? '' : await readText(`/proc/${session}/stat`);
  return nameLogin({ bootId, auditSession, xdgSession: environment['XDG_SESSION_ID'] ?? '', leaderStat });
}

/** Empty where there is no such file: each caller has a next thing to ask. */
async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    return '';
  }
}
