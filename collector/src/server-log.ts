/** The collector's log: one line for each happening, without secrets and without names. */
import { type Logger, pino } from 'pino';

export type LogFormat = 'text' | 'json';

const secrets = ['authorization', 'cookie', 'token', 'agentToken', 'enrolmentToken', 'session'];
const names = ['account', 'accountKey', 'hostname', 'fullName'];

/** At any of the first three levels of what a line carries. */
const redacted = [...secrets, ...names].flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

interface Line {
  readonly msg?: string;
  readonly err?: { readonly message?: string; readonly stack?: string };
}

/** For a person who reads the log: the sentence, and what a program error says. */
function toText(json: string): string {
  const { msg = '', err } = JSON.parse(json) as Line;
  const detail = err?.stack ?? err?.message;
  return detail === undefined || detail === msg ? msg : `${msg}: ${detail}`;
}

/** `write` takes one line without its end. */
export function createServerLog(write: (line: string) => void, format: LogFormat): Logger {
  const destination = {
    write: (chunk: string): void => {
      const json = chunk.trimEnd();
      write(format === 'json' ? json : toText(json));
    },
  };
  return pino(
    {
      level: 'info',
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: redacted, censor: '[redacted]' },
      serializers: {
        err: pino.stdSerializers.err,
        // An address holds account names, and a header tokens.
        req: (request: { readonly method?: string }) => ({ method: request.method }),
        res: (response: { readonly statusCode?: number }) => ({ status: response.statusCode }),
      },
    },
    destination,
  );
}
