/** Reads the agent's command line. */

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

/** Takes `--name value` and `--name=value`; the last one counts. */
function readOption(name: string, argv: readonly string[]): string | undefined {
  let value: string | undefined;
  for (const [index, argument] of argv.entries()) {
    if (argument === name) value = argv[index + 1];
    else if (argument.startsWith(`${name}=`)) value = argument.slice(name.length + 1);
  }
  return value;
}
