/** The exact texts of accepted policies, in the user's records once those are open. */
import type { Language } from '../../../shared/lib/language.ts';
import type { PolicyPack } from '../../../shared/policy/pack.ts';
import { type AcceptedTexts, createAcceptedTexts } from '../../storage/accepted-texts/accepted-texts.ts';
import type { AgentContext } from '../agent-context.ts';
import type { PersonStoreFeature } from '../person-store/person-store-feature.ts';

export interface KeptTexts {
  /** Keeps the exact text beside the receipt that was just written. Never rejects: the acceptance is on disk already. */
  keep(pack: PolicyPack, language: Language, eventId: string, ticked: readonly string[]): Promise<void>;
  /** Undefined until the records are open. */
  open(): AcceptedTexts | undefined;
}

export function createKeptTexts(
  { nowUtc, onFault, log }: AgentContext,
  personStore: Pick<PersonStoreFeature, 'state'>,
): KeptTexts {
  let texts: AcceptedTexts | undefined;
  const open = () => {
    const directory = personStore.state()?.directory;
    if (texts === undefined && directory !== undefined) {
      texts = createAcceptedTexts({ directory, nowUtc, onFault });
    }
    return texts;
  };
  return {
    open,
    keep: async (...text) => {
      try {
        await open()?.keep(...text);
      } catch (error) {
        log(`agreements: ${String(error)}`);
      }
    },
  };
}
