/** Reads the agent's command line. */
import type { Capability } from '../../shared/wire/events.ts';

export interface CommandLine {
  /** Unpackaged builds only: a managed-config file in place of the system's own. */
  readonly configFile: string | undefined;
  /** Demonstration mode: the gate lets go on request. Unpackaged builds only. */
  readonly demonstration: boolean;
}

/**
 * Electron and Chromium take switches of their own from the same line, so what is not ours is passed over in silence.
 * In a packaged build nothing here may weaken the gate: both switches are ignored there.
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

/** What the technician asked of the self-check. */
export interface SelfCheckRequest {
  /** The report as JSON instead of text. */
  readonly json: boolean;
  /** Where the report is written as well, for support. */
  readonly saveFile: string | undefined;
  /** The screen may be locked to see whether it can be. */
  readonly consentsToLock: boolean;
}

/** Undefined where no self-check was asked for. In a packaged build too: it changes nothing on the PC. */
export function readSelfCheckRequest(argv: readonly string[]): SelfCheckRequest | undefined {
  if (!argv.includes('--self-check')) return undefined;
  return {
    json: argv.includes('--json'),
    saveFile: readOption('--save', argv),
    consentsToLock: argv.includes('--consent-lock'),
  };
}

/** Who started the program, and who will start it again. Read in packaged builds too: none of it opens the gate. */
export interface StartedBy {
  /** Nobody asked to see anything: the system starts the agent at logon or again and again. */
  readonly isUnasked: boolean;
  /** Seconds until a dead agent is started again, 0 where nobody says that they do. */
  readonly keptAfterSeconds: number;
  /** Only where an agent has run in this login: an installation in mid-lesson waits for the next one. */
  readonly onlyIfHereBefore: boolean;
}

/** Nobody has to wait longer than this to be let go by a broken agent, whatever stands on the line. */
const longestPauseSeconds = 600;

export function readStartedBy(argv: readonly string[]): StartedBy {
  const kept = Number(readOption('--kept', argv) ?? 0);
  const keptAfterSeconds = Number.isFinite(kept) ? Math.min(Math.max(0, kept), longestPauseSeconds) : 0;
  const onlyIfHereBefore = argv.includes('--if-here-before');
  return {
    isUnasked: argv.includes('--at-logon') || onlyIfHereBefore || keptAfterSeconds > 0,
    keptAfterSeconds,
    onlyIfHereBefore,
  };
}

/** The heartbeat says of every PC whether somebody has been seen there who brings a dead agent back. */
export function describeKeeper(keptAfterSeconds: number): Capability {
  return keptAfterSeconds > 0
    ? { name: 'restart', level: 'full', reason: '' }
    : {
        name: 'restart',
        level: 'none',
        reason: 'nobody has asked after this agent yet who would start it again',
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
