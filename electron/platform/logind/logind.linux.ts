/**
 * Asks logind about our own login session, through systemd's busctl.
 *
 * A tool and not a library: the D-Bus libraries for Node are either no longer kept up or bring native code of their
 * own, and the tool comes with logind itself. Signals are not received this way.
 */
import { existsSync } from 'node:fs';
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import { findSystemTool, runTool, runToolAtOnce, type ToolAnswer } from '../run-tool.ts';
import {
  type BusFailure,
  classifyBusFailure,
  type Inhibitor,
  parseBoolean,
  parseInhibitors,
  parseNamedPath,
  parseOwner,
  parseReturnedPath,
  parseText,
} from './parse-busctl.ts';

export interface LogindProblem {
  readonly kind: 'none' | 'refused' | 'unreadable';
  readonly reason: string;
}

export interface Logind {
  /** Why there can be no answer here, without asking anybody; undefined where asking makes sense. */
  absence(): string | undefined;
  /** The object of the session that this process belongs to. */
  findOwnSession(): Promise<Result<string, LogindProblem>>;
  callSession(sessionPath: string, method: 'Lock' | 'Terminate'): Promise<Result<undefined, LogindProblem>>;
  readLockedHint(sessionPath: string): Promise<Result<boolean, LogindProblem>>;
  readSession(sessionPath: string): Promise<Result<SessionFacts, LogindProblem>>;
  /** Every inhibitor of the system, of every kind and every user. */
  listInhibitors(): Promise<Result<readonly Inhibitor[], LogindProblem>>;
  /** Asks our own session, once it has been found, to lock if it is in front and open; blocks for 3 s at most. */
  lockAtOnce(): Result<'requested' | 'not-needed', LogindProblem>;
}

interface SessionFacts {
  readonly inFront: boolean;
  readonly locked: boolean;
}

export interface LogindOptions {
  readonly environment: NodeJS.ProcessEnv;
  readonly pid: number;
  readonly uid: number;
}

const service = 'org.freedesktop.login1';
const managerPath = '/org/freedesktop/login1';
const callTimeoutSeconds = 2;
const callDeadlineMs = 2500;
const atOnceDeadlineMs = 1500;

const commonWords = [
  '--system',
  '--json=short',
  `--timeout=${callTimeoutSeconds}`,
  '--allow-interactive-authorization=no',
] as const;

/** Asked for together; busctl answers a line for each, in this order. */
const sessionProperties = ['Active', 'LockedHint'] as const;

interface BusProblem {
  readonly kind: BusFailure;
  readonly reason: string;
}

export function createLogind(options: LogindOptions): Logind {
  const busAddress = options.environment['DBUS_SYSTEM_BUS_ADDRESS'];
  const environment: Record<string, string> =
    busAddress === undefined ? {} : { DBUS_SYSTEM_BUS_ADDRESS: busAddress };
  /** It stays the same for as long as this process lives. */
  let ownSession: string | undefined;

  const ask = async (words: readonly string[]): Promise<Result<string, BusProblem>> =>
    judge(await runTool('busctl', [...commonWords, ...words], { deadlineMs: callDeadlineMs, environment }));
  const judge = (answer: ToolAnswer): Result<string, BusProblem> => {
    if (answer.kind === 'missing') return fail({ kind: 'none', reason: answer.reason });
    if (answer.kind === 'late') return fail({ kind: 'failed', reason: answer.reason });
    if (answer.exitCode === 0) return succeed(answer.stdout);
    return fail({ kind: classifyBusFailure(answer.stderr), reason: lastLine(answer.stderr) });
  };
  const callManager = (method: string, signature: string, argument: string) =>
    ask(['call', service, managerPath, `${service}.Manager`, method, signature, argument]);
  const readProperty = (path: string, kind: 'Session' | 'User', property: string) =>
    ask(['get-property', service, path, `${service}.${kind}`, property]);

  /** A session counts as ours only when it is this very user's and one that a person works in. */
  const isOurs = async (sessionPath: string): Promise<Result<boolean, BusProblem>> => {
    const [owner, sessionClass] = await Promise.all([
      readProperty(sessionPath, 'Session', 'User'),
      readProperty(sessionPath, 'Session', 'Class'),
    ]);
    if (!owner.ok) return owner;
    if (!sessionClass.ok) return sessionClass;
    return succeed(parseOwner(owner.value) === options.uid && parseText(sessionClass.value) === 'user');
  };

  /**
   * A desktop may start its programs outside the session's own process group, and then the process is in no session
   * and the environment may not name it either; logind then still knows the one session of the user with a display.
   */
  const candidates: readonly (() => Promise<Result<string | undefined, BusProblem>>)[] = [
    async () => {
      const answer = await callManager('GetSessionByPID', 'u', String(options.pid));
      return answer.ok ? succeed(parseReturnedPath(answer.value)) : answer;
    },
    async () => {
      const id = options.environment['XDG_SESSION_ID'] ?? '';
      if (!/^[A-Za-z0-9_-]{1,64}$/u.test(id)) return succeed(undefined);
      const answer = await callManager('GetSession', 's', id);
      return answer.ok ? succeed(parseReturnedPath(answer.value)) : answer;
    },
    async () => {
      const user = await callManager('GetUser', 'u', String(options.uid));
      if (!user.ok) return user;
      const userPath = parseReturnedPath(user.value);
      if (userPath === undefined) return succeed(undefined);
      const display = await readProperty(userPath, 'User', 'Display');
      return display.ok ? succeed(parseNamedPath(display.value)) : display;
    },
  ];

  return {
    absence: () => {
      if (findSystemTool('busctl') === undefined)
        return 'busctl, the tool to talk to logind with, is not installed';
      if (busAddress !== undefined) return undefined;
      // logind makes this folder when it starts.
      if (!existsSync('/run/systemd/sessions')) return 'no login manager (logind) runs on this system';
      if (!existsSync('/run/dbus/system_bus_socket')) return 'no system bus runs on this system';
      return undefined;
    },
    findOwnSession: async () => {
      if (ownSession !== undefined) return succeed(ownSession);
      for (const find of candidates) {
        const candidate = await find();
        if (!candidate.ok) {
          if (candidate.error.kind === 'no-such') continue;
          return fail(asLogindProblem(candidate.error));
        }
        if (candidate.value === undefined) continue;
        const ours = await isOurs(candidate.value);
        if (ours.ok && ours.value) {
          ownSession = candidate.value;
          return succeed(candidate.value);
        }
        if (!ours.ok && ours.error.kind !== 'no-such') return fail(asLogindProblem(ours.error));
      }
      return fail({ kind: 'none', reason: 'logind knows no login session of this process' });
    },
    callSession: async (sessionPath, method) => {
      const answer = await ask(['call', service, sessionPath, `${service}.Session`, method]);
      return answer.ok ? succeed(undefined) : fail(asLogindProblem(answer.error));
    },
    readLockedHint: async (sessionPath) => {
      const answer = await readProperty(sessionPath, 'Session', 'LockedHint');
      if (!answer.ok) return fail(asLogindProblem(answer.error));
      const locked = parseBoolean(answer.value);
      return locked === undefined
        ? fail({ kind: 'unreadable', reason: 'logind gave no LockedHint' })
        : succeed(locked);
    },
    readSession: async (sessionPath) => {
      const answer = await ask([
        'get-property',
        service,
        sessionPath,
        `${service}.Session`,
        ...sessionProperties,
      ]);
      if (!answer.ok) return fail(asLogindProblem(answer.error));
      const facts = parseSessionFacts(answer.value);
      return facts === undefined
        ? fail({ kind: 'unreadable', reason: 'logind gave no Active or no LockedHint' })
        : succeed(facts);
    },
    listInhibitors: async () => {
      const answer = await ask(['call', service, managerPath, `${service}.Manager`, 'ListInhibitors']);
      if (!answer.ok) return fail(asLogindProblem(answer.error));
      const inhibitors = parseInhibitors(answer.value);
      return inhibitors === undefined
        ? fail({ kind: 'unreadable', reason: 'logind gave no list of inhibitors' })
        : succeed(inhibitors);
    },
    lockAtOnce: () => {
      if (ownSession === undefined) {
        return fail({ kind: 'none', reason: 'the login session has not been found yet' });
      }
      const session = [service, ownSession, `${service}.Session`];
      const askAtOnce = (words: readonly string[]) =>
        judge(
          runToolAtOnce('busctl', [...commonWords, ...words], {
            deadlineMs: atOnceDeadlineMs,
            environment,
          }),
        );
      const state = askAtOnce(['get-property', ...session, ...sessionProperties]);
      if (!state.ok) return fail(asLogindProblem(state.error));
      const facts = parseSessionFacts(state.value);
      if (facts !== undefined && (!facts.inFront || facts.locked)) return succeed('not-needed');
      const answer = askAtOnce(['call', ...session, 'Lock']);
      return answer.ok ? succeed('requested') : fail(asLogindProblem(answer.error));
    },
  };
}

function parseSessionFacts(output: string): SessionFacts | undefined {
  const [inFront, locked] = output.trim().split('\n').map(parseBoolean);
  return inFront === undefined || locked === undefined ? undefined : { inFront, locked };
}

function asLogindProblem(problem: BusProblem): LogindProblem {
  switch (problem.kind) {
    case 'none':
    case 'refused':
      return { kind: problem.kind, reason: problem.reason };
    case 'no-such':
      return { kind: 'none', reason: problem.reason };
    case 'failed':
      return { kind: 'unreadable', reason: problem.reason };
  }
}

/** What went wrong stands last when a service answers with a whole traceback. */
function lastLine(stderr: string): string {
  const line = stderr.trimEnd().split('\n').at(-1)?.trim() ?? '';
  return line === '' ? 'busctl failed without a word' : line.slice(0, 300);
}
