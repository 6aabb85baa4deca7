/** Where the packs come from that this PC may show: the school's folder, else the ones last known, else those shipped. */
import type { PolicyPack } from '../../../shared/policy/pack.ts';
import { packProblem } from '../../../shared/policy/pack-problem.ts';
import type { LoadedPacks, RefusedPack } from '../../storage/policy-packs/load-packs.ts';

export interface PolicySourcePorts {
  loadPacks(directory: string): Promise<LoadedPacks>;
  /** Packs that were good the last time the school's folder could be read. */
  lastKnown: {
    read(): Promise<readonly PolicyPack[]>;
    write(packs: readonly PolicyPack[]): Promise<void>;
  };
  onRefused(refused: RefusedPack): void;
}

export interface PoliciesRead {
  readonly packs: readonly PolicyPack[];
  /**
   * Why something that should be there could not be read; undefined when all could. With a problem, "no pack for this
   * person" does not mean that the school wants none.
   */
  readonly problem: string | undefined;
  /**
   * The collector has chosen what is in effect, or would have: a PC whose clock stands years back must not think that
   * nothing is.
   */
  readonly areInEffect?: true;
}

export interface PolicySource {
  read(): Promise<PoliciesRead>;
}

/**
 * @param schoolDirectory `policy.directory`; empty means the packs that Porthor brings.
 * @param shippedDirectory the packs that Porthor brings.
 */
export function createPolicySource(
  schoolDirectory: string,
  shippedDirectory: string,
  ports: PolicySourcePorts,
): PolicySource {
  const load = async (): Promise<LoadedPacks> => {
    const loaded = await ports.loadPacks(schoolDirectory === '' ? shippedDirectory : schoolDirectory);
    const isBare = loaded.packs.length === 0 && loaded.refused.length === 0;
    if (schoolDirectory === '' || !isBare || (await ports.lastKnown.read()).length === 0) return loaded;
    return { packs: [], refused: [emptied] };
  };
  return {
    read: async () => {
      const loaded = await load();
      for (const refused of loaded.refused) ports.onRefused(refused);
      const [first] = loaded.refused;
      if (first === undefined) {
        if (schoolDirectory !== '') await ports.lastKnown.write(loaded.packs);
        return { packs: loaded.packs, problem: undefined };
      }
      // Something there is not as it should be. A policy that was good before is not forgotten because its newest
      // file is broken or the share is away; which of two versions is current is decided with both in hand.
      const lastKnown = schoolDirectory === '' ? [] : await ports.lastKnown.read();
      return {
        packs: [...loaded.packs, ...lastKnown.filter((pack) => !isAmong(pack, loaded.packs))],
        problem: `${first.name}: ${first.problem.subject}: ${first.problem.reason}`,
      };
    },
  };
}

/**
 * A share that is not mounted, or is being filled anew, looks like this as well. It must neither open every gate nor make
 * a PC forget what it knows; a school that wants no policy any more has a switch for that.
 */
const emptied: RefusedPack = {
  name: 'the school’s folder',
  problem: packProblem('no-packs', 'policy.directory', 'it holds no policy, and it held some before'),
};

function isAmong(pack: PolicyPack, packs: readonly PolicyPack[]): boolean {
  return packs.some(
    ({ manifest }) => manifest.id === pack.manifest.id && manifest.version === pack.manifest.version,
  );
}
