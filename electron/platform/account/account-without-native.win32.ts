/**
 * The signed-in account where Windows cannot be called: an allow-list (AppLocker, WDAC) refuses the library for that.
 * The user is then asked and recorded under the same name as ever, and not shut out.
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import { describeError } from '../describe-error.ts';
import type { runProgram } from '../run-tool.ts';
import type { SignedInAccount } from './account-port.ts';
import { parseWhoamiGroups, parseWhoamiLogon, parseWhoamiUser } from './parse-whoami.ts';

/** Where groups come from a directory, a silent controller must not keep the user waiting. */
const toolDeadlineMs = 4000;

interface Asked {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where Windows is. */
  readonly systemRoot: string;
  /** Runs a program by its full path. Never rejects. */
  readonly run: typeof runProgram;
  readonly userName: () => string;
}

/** Without the SID a user would be another one to the collector, so Windows' own program is asked for it first. */
export async function readAccountWithoutNative({
  environment,
  systemRoot,
  run,
  userName,
}: Asked): Promise<Result<{ readonly account: SignedInAccount; readonly shortfall: string }, string>> {
  const whoami = path.win32.join(systemRoot, 'System32', 'whoami.exe');
  let name: string;
  try {
    name = userName();
  } catch (error) {
    return fail(describeError(error));
  }
  // An allow-list lets the programs of Windows run.
  const ask = async (...programArguments: readonly string[]) => {
    const answer = await run(whoami, programArguments, {
      deadlineMs: toolDeadlineMs,
      environment: { SystemRoot: systemRoot },
    });
    return answer.kind === 'done' && answer.exitCode === 0 ? answer.stdout : '';
  };
  const [user, groups, logon] = await Promise.all([
    ask('/user', '/fo', 'csv', '/nh'),
    ask('/groups', '/fo', 'csv', '/nh'),
    ask('/logonid'),
  ]);
  const sid = parseWhoamiUser(user) ?? '';
  const session = parseWhoamiLogon(logon);
  const account = {
    account: {
      name: name.slice(0, 256),
      domain: (environment['USERDOMAIN'] ?? os.hostname()).slice(0, 256),
      sid,
      upn: '',
      displayName: '',
    },
    groups: parseWhoamiGroups(groups),
    // Where nothing names the login, each start counts as one: better asked twice than not at all.
    loginId: `windows:${session ?? `start-${randomUUID()}`}:unknown`,
  };
  const missing = [
    ...(sid === '' ? ['the security identifier of the account'] : []),
    ...(account.groups.length === 0 ? ['its groups'] : []),
    ...(session === undefined ? ['its login session'] : []),
  ];
  const shortfall = missing.length === 0 ? '' : `; Windows did not say ${missing.join(', ')}`;
  return succeed({ account, shortfall });
}

/** Windows' usual place first: the user may change the variable. */
export function findSystemRoot(environment: Asked['environment']): string {
  const usual = 'C:\\Windows';
  return existsSync(usual) ? usual : (environment['SystemRoot'] ?? usual);
}
