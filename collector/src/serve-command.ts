/** `collector -- serve`: runs the collector until Ctrl+C or the end of its service. */
import { once } from 'node:events';
import { hostname } from 'node:os';
import path from 'node:path';
import { readVerifierKey } from '../../shared/wire/log-note.ts';
import { UsageError } from './collector-error.ts';
import type { CommandLine } from './command-line.ts';
import type { EdgeOptions } from './edge/edge-options.ts';
import { isLoopback } from './edge/monitoring-access.ts';
import { isProxyAddress, readPublicUrl } from './edge/read-settings.ts';
import { type CollectorOptions, type RunningCollector, startCollector } from './server.ts';

export const serveHelp = `  npm run collector -- serve --data DIR --port N [--host ADDRESS] [--policies DIR] [--console-address]
                       [--tls-certificate FILE --tls-key FILE] [--trust-proxy ADDRESS,…] [--public-url URL]
                       [--metrics-port N [--metrics-host ADDRESS]] [--log-format text|json]
                       [--anchor FILE] [--witness URL --witness-key KEY] [--installers DIR] [--end-with-input]
      Runs the collector until Ctrl+C. Port 0 picks a free one. It is reachable from this computer alone
      unless --host is given. --console-address prints an address that signs you in to the console once.
      --tls-certificate and --tls-key are PEM files; new files in their place are used without a restart.
      --trust-proxy names the web servers in front of it, whose word about a client's address is believed, and
      --public-url the address under which people reach it through them.
      --metrics-port answers /metrics and /readyz there alone. With PORTHOR_METRICS_TOKEN set, both want that
      bearer token. With neither, only this computer may read them.
      --anchor keeps the newest checkpoint of the log in a file, best on another disk, and compares the log with it
      at each start.
      --witness has each checkpoint signed by a witness elsewhere, whose key is KEY.
      --installers is the folder from which the console offers the agent's installers; default: DIR/installers.
      --end-with-input ends it when its standard input is closed, as a service of Windows does.
      Each option has a variable, such as PORTHOR_PORT or PORTHOR_TLS_CERTIFICATE, for services and containers.
`;

interface Output {
  readonly say: (line: string) => void;
  readonly warn: (line: string) => void;
}

function readPort(name: string, text: string): number {
  const value = /^\d{1,5}$/u.test(text) ? Number(text) : Number.NaN;
  if (!(value <= 65_535)) {
    throw new UsageError(`--${name} takes a whole number from 0 to 65535, not "${text}".`);
  }
  return value;
}

function readProxies(text: string | undefined): readonly string[] {
  const proxies = (text ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
  const wrong = proxies.find((one) => !isProxyAddress(one));
  if (wrong !== undefined) {
    throw new UsageError(
      `--trust-proxy takes addresses and ranges such as 127.0.0.1 or 10.1.0.0/16, not "${wrong}".`,
    );
  }
  return proxies;
}

/** Throws UsageError. */
function readEdge({ values }: CommandLine, environment: NodeJS.ProcessEnv): EdgeOptions {
  const { tlsCertificate, tlsKey, metricsPort, metricsHost, publicUrl } = values;
  if ((tlsCertificate === undefined) !== (tlsKey === undefined)) {
    throw new UsageError(
      `--tls-certificate and --tls-key belong together; ${tlsKey === undefined ? '--tls-key' : '--tls-certificate'} is missing.`,
    );
  }
  if (metricsHost !== undefined && metricsPort === undefined) {
    throw new UsageError('--metrics-host goes with --metrics-port, which is missing.');
  }
  const metricsToken = environment['PORTHOR_METRICS_TOKEN'] ?? '';
  return {
    certificate:
      tlsCertificate === undefined || tlsKey === undefined
        ? undefined
        : { certificateFile: path.resolve(tlsCertificate), keyFile: path.resolve(tlsKey) },
    trustedProxies: readProxies(values.trustProxy),
    publicUrl: publicUrl === undefined ? undefined : readPublicUrl(publicUrl),
    metricsPort: metricsPort === undefined ? undefined : readPort('metrics-port', metricsPort),
    metricsHost,
    metricsToken: metricsToken === '' ? undefined : metricsToken,
  };
}

function readLogFormat(text: string | undefined): 'text' | 'json' {
  if (text === undefined || text === 'text' || text === 'json') return text ?? 'text';
  throw new UsageError(`--log-format takes text or json, not "${text}".`);
}

function readWitness({ values: { witness, witnessKey } }: CommandLine): CollectorOptions['witness'] {
  if ((witness === undefined) !== (witnessKey === undefined)) {
    throw new UsageError('--witness and --witness-key belong together.');
  }
  if (witness === undefined || witnessKey === undefined) return undefined;
  if (!URL.canParse(witness) || !/^https?:/u.test(witness)) {
    throw new UsageError(`--witness takes an address such as https://witness.example, not "${witness}".`);
  }
  if (readVerifierKey(witnessKey) === undefined) {
    throw new UsageError('--witness-key takes the key that the witness prints.');
  }
  return { url: witness, verifierKey: witnessKey };
}

/** Who can reach it, and over what. */
function describeReach(options: CollectorOptions, collector: RunningCollector, { say, warn }: Output): void {
  const { host, certificate, publicUrl } = options;
  if (publicUrl !== undefined) say(`People reach it at ${publicUrl}.`);
  if (host === undefined || isLoopback(host)) {
    if (publicUrl === undefined) {
      say(
        'Only this computer can reach it. For other PCs, give it a certificate and --host, or put a web server in front of it.',
      );
    }
    return;
  }
  const port = collector.address.split(':').at(-1) ?? '';
  if (certificate !== undefined) {
    say(`Other computers can reach it, for instance at https://${hostname()}:${port}.`);
    return;
  }
  if ((options.trustedProxies ?? []).length > 0) return;
  warn(
    `Other computers can reach it, for instance at http://${hostname()}:${port}, and what they send is not encrypted. ` +
      'Agents only trust https: use --tls-certificate, or put a web server with a certificate in front of it.',
  );
}

/** The service of Windows has no signal for the end; it closes this pipe. */
async function inputEnded(): Promise<unknown> {
  process.stdin.resume();
  const ended = await once(process.stdin, 'close');
  return ended;
}

/** Throws UsageError, and CollectorError where the start fails. */
export async function runServe(
  line: CommandLine,
  needed: { readonly data: string; readonly port: string },
  deps: Output & { readonly databaseUrl: string | undefined },
): Promise<void> {
  const { say, warn } = deps;
  const { host, policies, anchor, consoleAddress, logFormat, endWithInput, installers } = line.values;
  const witness = readWitness(line);
  const options: CollectorOptions = {
    ...readEdge(line, process.env),
    dataDirectory: path.resolve(needed.data),
    port: readPort('port', needed.port),
    ...(host === undefined ? {} : { host }),
    databaseUrl: deps.databaseUrl,
    ...(policies === undefined ? {} : { policiesDirectory: path.resolve(policies) }),
    ...(installers === undefined ? {} : { installersDirectory: path.resolve(installers) }),
    ...(anchor === undefined ? {} : { anchorFile: path.resolve(anchor) }),
    ...(witness === undefined ? {} : { witness }),
    log: warn,
    logFormat: readLogFormat(logFormat),
  };
  const signals = [once(process, 'SIGINT'), once(process, 'SIGTERM')];
  // Listen before the start, so that Ctrl+C during the start also closes everything in order.
  const ended = Promise.race([...signals, ...(endWithInput === true ? [inputEnded()] : [])]);
  const collector = await startCollector(options);
  try {
    say(`listening on ${collector.address}`);
    if (collector.monitorAddress !== undefined) say(`monitoring on ${collector.monitorAddress}`);
    describeReach(options, collector, deps);
    if (consoleAddress === true) say(`console ${await collector.createConsoleAddress()}`);
    await ended;
  } finally {
    await collector.close();
  }
}
