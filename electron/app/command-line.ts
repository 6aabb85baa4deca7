/** Reads the agent's command line. */
import type { Capability } from '../../shared/wire/events.ts';

export interface CommandLine {
  /** Unpackaged builds only: a managed-config file in place of the system's own. */
  readonly configFile: string | undefined;
  /** Demonstration mode: the gate opens on request. Unpackaged builds only. */
  readonly demonstration: boolean;
}

/**
 * Electron and Chromium read switches of their own from the same line, so unknown switches are ignored. A packaged
 * build ignores both switches of ours, so that no command line can weaken the gate.
 */
export function readCommandLine(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  isPackaged: boolean,
): CommandLine {
  if (isPackaged) return { configFile: undefined, demonstration: false };
  const configFile = readOption('--config', argv) ?? environment['PORTHOR_CONFIG'];
  return {
    configFile: configFile === '' ? undefined : configFile,
    demonstration: argv.includes('--demo'),
  };
}

/** What the technician wants the self-check to do. */
export interface SelfCheckRequest {
  /** The report as JSON instead of text. */
  readonly json: boolean;
  /** The report is also written to this file, for support. */
  readonly saveFile: string | undefined;
  /** The self-check may lock the screen, to find out whether the lock works. */
  readonly consentsToLock: boolean;
  /** Asks every adapter one by one, with the person's consent also for what changes something for a moment. */
  readonly deep: boolean;
}

/** Undefined where the line asks for no self-check. Packaged builds allow it, because it changes nothing on the PC. */
export function readSelfCheckRequest(argv: readonly string[]): SelfCheckRequest | undefined {
  if (!argv.includes('--self-check')) return undefined;
  return {
    json: argv.includes('--json'),
    saveFile: readOption('--save', argv),
    consentsToLock: argv.includes('--consent-lock'),
    deep: argv.includes('--deep'),
  };
}

/**
 * What started the program, and whether a watchdog will restart it. Packaged builds read this too: it opens no gate.
 */
export interface StartedBy {
  /** The system started the agent, at logon or as its watchdog. No user asked to see it. */
  readonly isUnasked: boolean;
  /** The login has just started. A restart within it has no such switch. */
  readonly atLogon: boolean;
  /** Seconds until the watchdog starts a dead agent again; 0 where no watchdog is known. */
  readonly watchdogDelaySeconds: number;
  /**
   * The agent stays only where an agent has run in this login: an installation in mid-lesson waits for the next login.
   */
  readonly onlyIfHereBefore: boolean;
}

/** Limits how long a broken agent keeps a user waiting, whatever the command line says. */
const longestPauseSeconds = 600;

export function readStartedBy(argv: readonly string[]): StartedBy {
  const kept = Number(readOption('--kept', argv) ?? 0);
  const watchdogDelaySeconds = Number.isFinite(kept) ? Math.min(Math.max(0, kept), longestPauseSeconds) : 0;
  const atLogon = argv.includes('--at-logon');
  const onlyIfHereBefore = argv.includes('--if-here-before');
  return {
    isUnasked: atLogon || onlyIfHereBefore || watchdogDelaySeconds > 0,
    atLogon,
    watchdogDelaySeconds,
    onlyIfHereBefore,
  };
}

/** The heartbeat reports for every PC whether a watchdog restarts a dead agent. */
export function describeWatchdog(watchdogDelaySeconds: number): Capability {
  return watchdogDelaySeconds > 0
    ? { name: 'restart', level: 'full', reason: '' }
    : {
        name: 'restart',
        level: 'none',
        reason: 'no watchdog has contacted this agent yet',
      };
}

/** Takes `--name value` and `--name=value`; the last one counts. */
function readOption(name: string, argv: readonly string[]): string | undefined {
  let value: string | undefined;
  for (const [index, argument] of argv.entries()) {
    if (argument === name) value = argv[index + 1];
    else if (argument.startsWith(`${name}=`)) value = argument.slice(name.length + 1);
  }
  return value;
}
