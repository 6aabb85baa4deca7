/** The packs from the school's collector, for the times when the collector is not reached. */
import { z } from 'zod';
import { audienceSchema, type PolicyPack, policyPackSchema } from '../../../shared/policy/pack.ts';
import { checkPack } from '../../../shared/policy/read-pack.ts';
import { openSmallStore, type SmallStore } from '../small-store.ts';
import type { StorageFault } from '../storage-fault.ts';
import { nodePackTools } from './node-tools.ts';

const storeSchema = z.strictObject({
  /** Packs of another collector do not count. */
  collectorUrl: z.string().max(2048),
  audience: audienceSchema,
  /** Absent where not every pack was fetched: the agent then asks for the list again. */
  entityTag: z.string().max(256).optional(),
  packs: z.array(policyPackSchema).max(200),
});
export type FetchedPacks = Omit<z.infer<typeof storeSchema>, 'packs'> & {
  readonly packs: readonly PolicyPack[];
};

export interface CollectorPacksStore {
  /**
   * Undefined where nothing has been fetched yet, or where a text no longer matches its hash: the remaining packs alone
   * would look like a school that asks for less.
   */
  read(): Promise<FetchedPacks | undefined>;
  write(fetched: FetchedPacks): Promise<void>;
}

interface Options {
  /** Called at the first read. */
  readonly directory: () => string;
  readonly nowUtc: () => Date;
  readonly onFault: (fault: StorageFault) => void;
}

const name = 'collector-packs';

export function createCollectorPacksStore(options: Options): CollectorPacksStore {
  type Opened = {
    readonly store: SmallStore<z.infer<typeof storeSchema>> | undefined;
    readonly fetched: FetchedPacks | undefined;
  };
  let opened: Promise<Opened> | undefined;

  const open = async (): Promise<Opened> => {
    const result = await openSmallStore({
      ...options,
      directory: options.directory(),
      name,
      schema: storeSchema,
    });
    if (!result.ok) {
      options.onFault({
        fault: 'collector-packs-unreadable',
        subject: result.error.file,
        reason: `The copy of the collector's policies cannot be used (${result.error.kind}).`,
      });
      return { store: undefined, fetched: undefined };
    }
    const { store, state } = result.value;
    if (state.found !== 'loaded') return { store, fetched: undefined };
    const { entityTag, packs, ...rest } = state.value;
    const damaged = packs.filter((pack) => !checkPack(pack, nodePackTools).ok);
    if (damaged.length > 0) {
      options.onFault({
        fault: 'collector-packs-damaged',
        subject: `${name}.json`,
        reason: `${damaged.length} of ${packs.length} policies kept on this PC do not match their hash. The agent uses none of them until it has fetched them again.`,
      });
      return { store, fetched: undefined };
    }
    return { store, fetched: { ...rest, ...(entityTag === undefined ? {} : { entityTag }), packs } };
  };

  const openOnce = () => {
    opened ??= open();
    return opened;
  };

  return {
    read: async () => (await openOnce()).fetched,
    write: async (fetched) => {
      const { store } = await openOnce();
      // Packs that could not be written still count in this run; the next run fetches them again.
      opened = Promise.resolve({ store, fetched });
      await store?.write({ ...fetched, packs: [...fetched.packs] });
    },
  };
}
