/** Asks where the agent keeps what it must not lose: the folder of its records, and the system's secret store. */
import type { ManagedConfig } from '../../../shared/config/managed-config.ts';
import type { Result } from '../../../shared/lib/result.ts';
import type { Account, Machine } from '../../../shared/wire/account.ts';
import type { LogonToGate } from '../../../shared/wire/events.ts';
import type { SelfCheckFacts } from '../../domain/self-check/evaluate-facts.ts';
import type { SecretStorePort } from '../../platform/secret-store/secret-store-port.ts';
import { locateStateFolder } from '../person-store/state-folder.ts';
import type { Asker } from './ask.ts';

export interface RecordsQuestion {
  /** The folder in which the agent of this account keeps what is its own. */
  readonly ownFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What the agent of the last logon measured. */
  readonly lastLogon: (directory: string) => Promise<LogonToGate | undefined>;
  /** Writes and removes a file there. */
  readonly tryFolder: (
    directory: string,
  ) => Promise<Result<undefined, { readonly kind: 'full' | 'refused'; readonly reason: string }>>;
}

export async function askRecords(
  question: RecordsQuestion,
  { stateDirectory }: ManagedConfig,
  known: { readonly account: Account | undefined; readonly machine: Machine | undefined },
  { ask }: Asker,
): Promise<SelfCheckFacts['records']> {
  const { ownFolder, environment, tryFolder } = question;
  const machine = known.machine ?? { id: '', hostname: '', os: '' };
  const tried = await ask(() => {
    const situation = { configured: stateDirectory, ownFolder, environment, machine };
    const folder = locateStateFolder(situation, known.account);
    return folder === undefined ? undefined : tryFolder(folder.directory);
  }, 'records');
  if (!tried.ok) return { kind: 'refused', detail: tried.error };
  if (tried.value === undefined) return { kind: 'refused', detail: 'the account is not known' };
  const { value: answer } = tried;
  return answer.ok
    ? { kind: 'writable', detail: '' }
    : { kind: answer.error.kind, detail: answer.error.reason };
}

const probe = 'self-check';

/** Gives the store a text and takes it back. */
export async function askSecretStore(
  load: () => Promise<SecretStorePort>,
  { ask }: Asker,
): Promise<SelfCheckFacts['secretStore']> {
  const asked = await ask(async (): Promise<SelfCheckFacts['secretStore']> => {
    const store = await load();
    const { level, reason } = store.capability();
    const backend = store.backend();
    if (level === 'none') return { kind: 'none', detail: reason };
    if (level === 'degraded') return { kind: 'weak', detail: backend };
    const { secret } = await store.unprotect(await store.protect(probe));
    return secret === probe
      ? { kind: 'real', detail: backend }
      : { kind: 'none', detail: 'it did not return what it was given' };
  }, 'secret-store');
  return asked.ok ? asked.value : { kind: 'none', detail: asked.error };
}
