/** My agreements as the agent runs it: what was accepted here, what the collector adds, and the text of each. */
import type { HandlersOf } from '../../../shared/ipc/contract.ts';
import type { AgreementsContract } from '../../../shared/ipc/information.ts';
import type { Bilingual, Language } from '../../../shared/lib/language.ts';
import type { SchoolDetails } from '../../../shared/policy/fill-placeholders.ts';
import type { PolicyPack } from '../../../shared/policy/pack.ts';
import type { KnownAcknowledgement } from '../../../shared/wire/collector-api.ts';
import { type AcceptedTexts, createAcceptedTexts } from '../../storage/accepted-texts/accepted-texts.ts';
import type { Receipt } from '../../storage/receipts/receipts.ts';
import type { StorageFault } from '../../storage/storage-fault.ts';
import { type Agreement, listAgreements, readAgreement } from './agreements.ts';

interface Options {
  /** The account's state folder, once it is open. */
  readonly stateDirectory: () => string | undefined;
  readonly receipts: () => readonly Receipt[];
  readonly askCollector: () => Promise<readonly KnownAcknowledgement[] | undefined>;
  readonly readPacks: () => Promise<readonly PolicyPack[]>;
  readonly details: () => SchoolDetails;
  readonly language: () => Language;
  readonly nowUtc: () => Date;
  readonly onFault: (fault: StorageFault) => void;
  readonly onChanged: () => void;
  readonly log: (line: string) => void;
}

export interface Agreements {
  /** Keeps the exact text beside the receipt that was just written. */
  keep(pack: PolicyPack, language: Language, eventId: string, ticked: readonly string[]): Promise<void>;
  list(): { readonly agreements: Agreement[]; readonly askingElsewhere: boolean };
  /** The window has been asked for: only then is it worth asking others. */
  opened(): void;
  readonly handlers: Pick<HandlersOf<AgreementsContract>, 'readAgreement'>;
  /** What tells the agreement from others, for the name of its file; undefined where it is not on the list. */
  describe(eventId: string): readonly string[] | undefined;
}

export function createAgreements(options: Options): Agreements {
  let elsewhere: readonly KnownAcknowledgement[] = [];
  let packs: readonly PolicyPack[] = [];
  let asking = false;
  let texts: AcceptedTexts | undefined;
  const openTexts = () => {
    const directory = options.stateDirectory();
    if (texts === undefined && directory !== undefined) {
      texts = createAcceptedTexts({ directory, nowUtc: options.nowUtc, onFault: options.onFault });
    }
    return texts;
  };
  const list = () => listAgreements(options.receipts(), elsewhere, packs);
  const find = (eventId: string) => list().find((agreement) => agreement.eventId === eventId);

  const ask = async (): Promise<void> => {
    const [known, read] = await Promise.all([options.askCollector(), options.readPacks()]);
    elsewhere = known ?? elsewhere;
    packs = read;
  };

  return {
    keep: async (pack, language, eventId, ticked) => {
      await openTexts()?.keep(pack, language, eventId, ticked);
    },
    list: () => ({ agreements: list(), askingElsewhere: asking }),
    opened: () => {
      if (asking) return;
      asking = true;
      options.onChanged();
      ask()
        .catch((error: unknown) => options.log(`agreements: ${String(error)}`))
        .finally(() => {
          asking = false;
          options.onChanged();
        });
    },
    handlers: {
      readAgreement: async ({ eventId }) => {
        const agreement = find(eventId);
        return agreement === undefined
          ? { outcome: 'not-here' }
          : readAgreement(agreement, openTexts(), packs, options.details());
      },
    },
    describe: (eventId) => {
      const agreement = find(eventId);
      if (agreement === undefined) return undefined;
      const title: Bilingual = agreement.title;
      return [
        title[options.language()],
        agreement.policyVersion,
        agreement.fullName,
        agreement.decidedAt.slice(0, 10),
      ];
    },
  };
}
