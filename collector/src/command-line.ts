/** Reads the collector's command line: which command, with which words and options. */
import { Command, CommanderError, Option } from 'commander';
import { UsageError } from './collector-error.ts';

/** Every option, as commander writes it, and the variable of the environment that stands in for it. */
const optionTable = {
  data: { flags: '--data <dir>', variable: 'PORTHOR_DATA' },
  port: { flags: '--port <number>', variable: 'PORTHOR_PORT' },
  host: { flags: '--host <address>', variable: 'PORTHOR_HOST' },
  policies: { flags: '--policies <dir>', variable: 'PORTHOR_POLICIES' },
  anchor: { flags: '--anchor <file>', variable: 'PORTHOR_ANCHOR' },
  installers: { flags: '--installers <dir>', variable: 'PORTHOR_INSTALLERS' },
  tlsCertificate: { flags: '--tls-certificate <file>', variable: 'PORTHOR_TLS_CERTIFICATE' },
  tlsKey: { flags: '--tls-key <file>', variable: 'PORTHOR_TLS_KEY' },
  trustProxy: { flags: '--trust-proxy <addresses>', variable: 'PORTHOR_TRUST_PROXY' },
  publicUrl: { flags: '--public-url <url>', variable: 'PORTHOR_PUBLIC_URL' },
  metricsPort: { flags: '--metrics-port <number>', variable: 'PORTHOR_METRICS_PORT' },
  metricsHost: { flags: '--metrics-host <address>', variable: 'PORTHOR_METRICS_HOST' },
  logFormat: { flags: '--log-format <format>', variable: 'PORTHOR_LOG_FORMAT' },
  expires: { flags: '--expires <days>' },
  uses: { flags: '--uses <number>' },
  vendor: { flags: '--vendor <id>' },
  product: { flags: '--product <id>' },
  serial: { flags: '--serial <text>' },
  label: { flags: '--label <text>' },
  issuedTo: { flags: '--issued-to <name>' },
  until: { flags: '--until <date>' },
  reason: { flags: '--reason <text>' },
  by: { flags: '--by <name>' },
  head: { flags: '--head <place:hash>' },
  checkpoint: { flags: '--checkpoint <file>' },
  state: { flags: '--state <file>' },
  record: { flags: '--record <id>' },
  witness: { flags: '--witness <url>', variable: 'PORTHOR_WITNESS' },
  witnessKey: { flags: '--witness-key <key>', variable: 'PORTHOR_WITNESS_KEY' },
  logs: { flags: '--logs <file>' },
  school: { flags: '--school <id>' },
  account: { flags: '--account <name>' },
  person: { flags: '--person <name>' },
  askedBy: { flags: '--asked-by <who>' },
  kind: { flags: '--kind <kind>' },
  days: { flags: '--days <number>' },
} as const satisfies Record<string, { readonly flags: string; readonly variable?: string }>;

const switchTable = {
  approval: { flags: '--approval' },
  wholeModel: { flags: '--whole-model' },
  yes: { flags: '--yes' },
  whole: { flags: '--whole' },
  confirm: { flags: '--confirm' },
  consoleAddress: { flags: '--console-address' },
  endWithInput: { flags: '--end-with-input' },
} as const;

type TextOption = keyof typeof optionTable;
type SwitchOption = keyof typeof switchTable;
type OptionName = TextOption | SwitchOption;

const edgeOptions = [
  'tlsCertificate',
  'tlsKey',
  'trustProxy',
  'publicUrl',
  'metricsPort',
  'metricsHost',
  'logFormat',
  'witness',
  'witnessKey',
] as const;

const answerOptions = ['data', 'by'] as const;

/** The options of each command, in the order in which an error lists the commands. */
const commandTable: ReadonlyMap<string, readonly OptionName[]> = new Map<string, readonly OptionName[]>([
  [
    'serve',
    [
      'data',
      'port',
      'host',
      'policies',
      'anchor',
      'installers',
      'consoleAddress',
      'endWithInput',
      ...edgeOptions,
    ],
  ],
  ['console', ['data']],
  ['export', ['data', 'school']],
  ['verify', ['data', 'head', 'checkpoint', 'state', 'whole', 'witnessKey']],
  ['recover', ['data']],
  ['register list', ['data']],
  ['register add', ['data', 'vendor', 'product', 'serial', 'label', 'issuedTo', 'until']],
  ['register return', ['data']],
  ['register remove', ['data']],
  ['register requests', ['data']],
  ['register approve', [...answerOptions, 'label', 'issuedTo', 'until', 'wholeModel']],
  ['register refuse', [...answerOptions, 'reason']],
  ['agent list', ['data']],
  ['agent rename', ['data', 'label']],
  ['agent expel', ['data']],
  ['agent approve', ['data']],
  ['policy publish', ['data', 'yes']],
  ['policy list', ['data']],
  ['policy withdraw', ['data']],
  ['token create', ['data', 'expires', 'uses', 'approval']],
  ['token list', ['data']],
  ['token revoke', ['data']],
  ['backup', ['data']],
  ['evidence', ['data', 'record']],
  ['restore', ['data']],
  ['witness', ['data', 'port', 'host', 'logs']],
  ['log line', ['data']],
  ['log rotate-key', ['data']],
  ['privacy export', ['data', 'school', 'account', 'person']],
  ['privacy erase', ['data', 'school', 'account', 'person', 'askedBy', 'reason', 'confirm']],
  ['privacy retention', ['data', 'school', 'kind', 'days']],
  ['privacy log', ['data', 'school']],
]);

const commandNames = [...new Set([...commandTable.keys()].map((name) => name.split(' ')[0] ?? ''))];

export interface CommandLine {
  readonly values: Readonly<Partial<Record<TextOption, string>> & Partial<Record<SwitchOption, boolean>>>;
  /** The command, its verb and its subjects. */
  readonly positionals: readonly string[];
}

export const unknownCommand = (positionals: readonly string[]): UsageError =>
  new UsageError(`There is no command "${positionals.join(' ')}". There are: ${commandNames.join(', ')}.`);

function quiet(command: Command): Command {
  return command
    .exitOverride()
    .helpOption(false)
    .helpCommand(false)
    .showSuggestionAfterError(false)
    .configureOutput({ writeErr: () => undefined });
}

/** A variable that is set to nothing counts as not set. */
function readValues(command: Command): CommandLine['values'] {
  const entries = Object.entries(command.opts<Record<string, unknown>>());
  return Object.fromEntries(
    entries.filter(([name, value]) => value !== '' || command.getOptionValueSource(name) !== 'env'),
  );
}

function addCommand(
  parent: Command,
  words: readonly string[],
  options: readonly OptionName[],
  found: (line: CommandLine) => void,
): void {
  const command = quiet(parent.command(words.at(-1) ?? '')).argument('[words...]');
  for (const name of options) {
    const entry: { readonly flags: string; readonly variable?: string } = { ...optionTable, ...switchTable }[
      name
    ];
    const option = new Option(entry.flags);
    command.addOption(entry.variable === undefined ? option : option.env(entry.variable));
  }
  command.action((subjects: readonly string[]) => {
    found({ values: readValues(command), positionals: [...words, ...subjects] });
  });
}

/** A command that needs more words, or none that is known. Its options are unknown too, and are not what is wrong. */
function refuseOther(command: Command, words: readonly string[]): Command {
  return quiet(command)
    .argument('[words...]')
    .allowUnknownOption()
    .action((more: readonly string[]) => {
      throw unknownCommand([...words, ...more.filter((one) => !one.startsWith('-')).slice(0, 1)]);
    });
}

/** Commander says "error: unknown option '--colour'". */
function toSentence(message: string): string {
  const text = message.replace(/^error: /u, '');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** Throws UsageError. `help`: the whole help is asked for. */
export function parseCommandLine(argv: readonly string[]): CommandLine | 'help' {
  if (argv.includes('--help') || argv.includes('-h')) return 'help';
  if (argv.length === 0) throw new UsageError(`Say what to do: ${commandNames.join(', ')}.`);
  let line: CommandLine | undefined;
  const found = (one: CommandLine): void => {
    line = one;
  };
  const program = refuseOther(new Command('collector'), []);
  const groups = new Map<string, Command>();
  for (const [name, options] of commandTable) {
    const words = name.split(' ');
    const [first = '', second] = words;
    if (second === undefined) {
      addCommand(program, words, options, found);
      continue;
    }
    const group = groups.get(first) ?? refuseOther(program.command(first), [first]);
    groups.set(first, group);
    addCommand(group, words, options, found);
  }
  try {
    program.parse([...argv], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) throw new UsageError(toSentence(error.message));
    throw error;
  }
  if (line === undefined) throw unknownCommand(argv.slice(0, 1));
  return line;
}
