/** The packs that were valid when the school's folder was last readable. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { languages } from '../../../shared/lib/language.ts';
import { type PolicyPack, policyPackSchema } from '../../../shared/policy/pack.ts';
import { openSmallStore, type SmallStore } from '../small-store.ts';
import type { StorageFault } from '../storage-fault.ts';

const storeSchema = z.strictObject({ packs: z.array(policyPackSchema) });

export interface LastKnownPacks {
  read(): Promise<readonly PolicyPack[]>;
  /** Writes only if the packs differ from the saved ones. */
  write(packs: readonly PolicyPack[]): Promise<void>;
}

interface Options {
  readonly directory: string;
  readonly nowUtc: () => Date;
  readonly onFault: (fault: StorageFault) => void;
}

/** Skips a copy whose text no longer matches its hash. Leaves a file of a newer agent alone, which counts as none. */
export function createLastKnownPacks(options: Options): LastKnownPacks {
  let opened:
    | Promise<{ store: SmallStore<z.infer<typeof storeSchema>> | undefined; packs: readonly PolicyPack[] }>
    | undefined;

  const openOnce = () => {
    opened ??= openSmallStore({ ...options, name: 'last-known-packs', schema: storeSchema }).then(
      (result) => {
        if (result.ok) {
          const { state, store } = result.value;
          return { store, packs: state.found === 'loaded' ? state.value.packs.filter(isWhole) : [] };
        }
        options.onFault({
          fault: 'last-known-packs-unreadable',
          subject: result.error.file,
          reason: `The copy of the school's policies cannot be used (${result.error.kind}).`,
        });
        return { store: undefined, packs: [] };
      },
    );
    return opened;
  };

  return {
    read: async () => (await openOnce()).packs,
    write: async (packs) => {
      const { store, packs: known } = await openOnce();
      if (store === undefined || JSON.stringify(known) === JSON.stringify(packs)) return;
      const written = await store.write({ packs: [...packs] });
      if (written.ok) opened = Promise.resolve({ store, packs });
    },
  };
}

function isWhole(pack: PolicyPack): boolean {
  return languages.every(
    (language) =>
      createHash('sha256').update(pack.texts[language], 'utf8').digest('hex') === pack.textSha256[language],
  );
}
