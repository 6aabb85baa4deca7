/** My agreements as the agent runs it: acceptances on this PC, those that the collector adds, and the text of each. */
import type { HandlersOf } from '../../../shared/ipc/contract.ts';
import type { AgreementsContract } from '../../../shared/ipc/information.ts';
import type { PolicyPack } from '../../../shared/policy/pack.ts';
import { accountKey } from '../../../shared/wire/account.ts';
import type { KnownAcknowledgement } from '../../../shared/wire/collector-api.ts';
import type { AgentContext } from '../agent-context.ts';
import type { GateFeature } from '../gate/gate-feature.ts';
import type { PersonStoreFeature } from '../person-store/person-store-feature.ts';
import { type Agreement, listAgreements, readAgreement } from './agreements.ts';
import type { KeptTexts } from './kept-texts.ts';

export interface Agreements {
  list(): { readonly agreements: Agreement[]; readonly askingElsewhere: boolean };
  /** The window was opened. The service asks the collector only then. */
  opened(): void;
  readonly handlers: Pick<HandlersOf<AgreementsContract>, 'readAgreement'>;
  /** What distinguishes the agreement from others, for its file name; undefined if it is not on the list. */
  describe(eventId: string): readonly string[] | undefined;
}

interface Options {
  readonly personStore: Pick<PersonStoreFeature, 'state' | 'reporting'>;
  readonly gate: Pick<GateFeature, 'readPolicies'>;
  readonly texts: Pick<KeptTexts, 'open'>;
}

export function createAgreements(context: AgentContext, options: Options): Agreements {
  const { personStore, gate, texts } = options;
  let elsewhere: readonly KnownAcknowledgement[] = [];
  let packs: readonly PolicyPack[] = [];
  let asking = false;
  const receipts = () => {
    const account = context.account();
    return account === undefined ? [] : (personStore.state()?.receipts.forAccount(accountKey(account)) ?? []);
  };
  const askCollector = async () => {
    const account = context.account();
    return account === undefined
      ? undefined
      : personStore.reporting()?.knownAcknowledgements(accountKey(account));
  };
  const list = () => listAgreements(receipts(), elsewhere, packs);
  const find = (eventId: string) => list().find((agreement) => agreement.eventId === eventId);

  const ask = async (): Promise<void> => {
    const [known, read] = await Promise.all([askCollector(), gate.readPolicies()]);
    elsewhere = known ?? elsewhere;
    packs = read.packs;
  };

  return {
    list: () => ({ agreements: list(), askingElsewhere: asking }),
    opened: () => {
      if (asking) return;
      asking = true;
      context.statusChanged.emit();
      ask()
        .catch((error: unknown) => context.log(`agreements: ${String(error)}`))
        .finally(() => {
          asking = false;
          context.statusChanged.emit();
        });
    },
    handlers: {
      readAgreement: async ({ eventId }) => {
        const agreement = find(eventId);
        if (agreement === undefined) return { outcome: 'not-here' };
        const { siteName, contact } = context.config();
        return readAgreement(agreement, texts.open(), packs, { siteName, contact });
      },
    },
    describe: (eventId) => {
      const agreement = find(eventId);
      if (agreement === undefined) return undefined;
      return [
        agreement.title[context.language.current()],
        agreement.policyVersion,
        agreement.fullName,
        agreement.decidedAt.slice(0, 10),
      ];
    },
  };
}
