/** Policies from the collector: fetched when they have changed, checked, stored, and shown from the stored copy. */
import type { PolicyPack } from '../../../shared/policy/pack.ts';
import { packProblem } from '../../../shared/policy/pack-problem.ts';
import { checkPack } from '../../../shared/policy/read-pack.ts';
import type { ListedPolicy } from '../../../shared/wire/collector-api.ts';
import type { CollectorPacksStore, FetchedPacks } from '../../storage/packs/collector-packs-store.ts';
import type { RefusedPack } from '../../storage/packs/load-packs.ts';
import { nodePackTools } from '../../storage/packs/node-tools.ts';
import type { CollectorClient } from '../reporting/collector-client.ts';

export interface CollectorPacksPorts {
  readonly client: Pick<CollectorClient, 'collectorUrl' | 'policyList' | 'policyPack'>;
  readonly store: CollectorPacksStore;
  /** Packs that are on this PC in any case; the agent does not fetch them again when the collector lists them. */
  shipped(): Promise<readonly PolicyPack[]>;
  onRefused(refused: RefusedPack): void;
}

type RefreshAnswer =
  | { readonly kind: 'unchanged' | 'changed' }
  | {
      readonly kind: 'not-reached';
      readonly reason: string;
      /** A server answered but gave no policies: asking again at once would change nothing. */
      readonly hasAnswered?: true;
    };

export interface CollectorPacks {
  /** The packs last fetched from this collector for this audience; undefined if there are none. */
  cached(audience: string): Promise<readonly PolicyPack[] | undefined>;
  /** Asks the collector. Calls at the same time share one request. Never rejects. */
  refresh(audience: string): Promise<RefreshAnswer>;
}

const listDeadlineMs = 10_000;
const packDeadlineMs = 30_000;
/** The limit of all stored packs: far above any school's need, and far below what a PC would notice. */
const maxKeptBytes = 8 * 1024 * 1024;

export function createCollectorPacks(ports: CollectorPacksPorts): CollectorPacks {
  const { client, store } = ports;
  /**
   * Lists taken in this run. The first request of a run carries no tag, because any program may have changed the copy.
   */
  const taken = new Set<string>();
  const underWay = new Map<string, Promise<RefreshAnswer>>();

  const kept = async (audience: string): Promise<FetchedPacks | undefined> => {
    const fetched = await store.read();
    return fetched?.collectorUrl === client.collectorUrl && fetched.audience === audience
      ? fetched
      : undefined;
  };

  const refuse = (entry: ListedPolicy, problem: RefusedPack['problem']): undefined => {
    ports.onRefused({ name: `${entry.id} ${entry.version}`, problem });
    return undefined;
  };

  /** The pack of a listed policy; undefined, and reported, if the answer is not that pack. */
  const fetchPack = async (
    entry: ListedPolicy,
  ): Promise<{ pack: PolicyPack | undefined } | { notReached: string }> => {
    const answer = await client.policyPack(entry.id, entry.version, packDeadlineMs);
    if (!answer.ok) {
      const { failure } = answer.error;
      const isWord =
        failure.kind === 'not-understood' || (failure.kind === 'status' && failure.status === 404);
      if (!isWord) return { notReached: failure.reason };
      const kind = failure.kind === 'not-understood' ? 'not-a-pack' : 'missing';
      return { pack: refuse(entry, packProblem(kind, 'pack', failure.reason)) };
    }
    const checked = checkPack(answer.value, nodePackTools);
    if (!checked.ok) return { pack: refuse(entry, checked.error) };
    if (!isListed(checked.value, entry)) {
      const reason = 'the pack is not the one that the collector lists under this id and version';
      return { pack: refuse(entry, packProblem('hash-mismatch', 'pack', reason)) };
    }
    return { pack: checked.value };
  };

  const ask = async (audience: string): Promise<RefreshAnswer> => {
    const before = await kept(audience);
    const [answer, shipped] = await Promise.all([
      client.policyList(audience, taken.has(audience) ? before?.entityTag : undefined, listDeadlineMs),
      // Read while the list loads, because a user waits for both at a first login.
      ports.shipped(),
    ]);
    if (!answer.ok) {
      const { failure } = answer.error;
      if (failure.kind === 'not-understood') {
        ports.onRefused({ name: 'policies', problem: packProblem('not-a-pack', 'list', failure.reason) });
      }
      const { kind, reason } = failure;
      return { kind: 'not-reached', reason, ...(kind === 'no-answer' ? {} : { hasAnswered: true }) };
    }
    if (answer.value.kind === 'unchanged') return { kind: 'unchanged' };

    const old = before?.packs ?? [];
    const known = [...old, ...shipped];
    const entries: { readonly pack: PolicyPack; readonly isListed: boolean }[] = [];
    let isWhole = true;
    let keptBytes = 0;
    for (const entry of answer.value.policies) {
      let pack = known.find((candidate) => isListed(candidate, entry));
      if (pack === undefined) {
        const fetched = await fetchPack(entry);
        if ('notReached' in fetched) return { kind: 'not-reached', reason: fetched.notReached };
        pack = fetched.pack;
      }
      const bytes = pack === undefined ? 0 : Buffer.byteLength(JSON.stringify(pack));
      if (pack !== undefined && keptBytes + bytes > maxKeptBytes) {
        const limit = `together the packs are larger than ${maxKeptBytes / 1024 / 1024} MiB`;
        pack = refuse(entry, packProblem('too-large', 'pack', limit));
      }
      if (pack === undefined) {
        // The previous version stays until a valid one comes.
        isWhole = false;
        const older = old.filter(({ manifest }) => manifest.id === entry.id);
        entries.push(...older.map((kept) => ({ pack: kept, isListed: false })));
        continue;
      }
      keptBytes += bytes;
      entries.push({ pack, isListed: true });
    }
    // A version that is listed beside the refused one, or was stored for it before, appears only once.
    const packs = entries.flatMap(({ pack, isListed }, index) => {
      const isThere = entries.some(
        (other, place) => isSameVersion(other.pack, pack) && (other.isListed || place < index),
      );
      return isListed || !isThere ? [pack] : [];
    });
    if (packs.length === 0 && !isWhole) {
      // No policies would open the gate, and that is not what the school has published.
      const reason = 'none of the policies that the collector lists could be taken';
      return { kind: 'not-reached', reason, hasAnswered: true };
    }
    const { entityTag } = answer.value;
    await store.write({
      collectorUrl: client.collectorUrl,
      audience,
      ...(isWhole && entityTag !== '' ? { entityTag } : {}),
      packs,
    });
    taken.add(audience);
    const isSame = before !== undefined && JSON.stringify(old) === JSON.stringify(packs);
    return { kind: isSame ? 'unchanged' : 'changed' };
  };

  return {
    cached: async (audience) => (await kept(audience))?.packs,
    refresh: (audience) => {
      const running = underWay.get(audience);
      if (running !== undefined) return running;
      const started = ask(audience).finally(() => underWay.delete(audience));
      underWay.set(audience, started);
      return started;
    },
  };
}

function isSameVersion(left: PolicyPack, right: PolicyPack): boolean {
  return left.manifest.id === right.manifest.id && left.manifest.version === right.manifest.version;
}

/** The manifest counts too: statements and renewal bind a person as the text does. */
function isListed(pack: PolicyPack, entry: ListedPolicy): boolean {
  return (
    pack.manifest.id === entry.id &&
    pack.manifest.version === entry.version &&
    pack.textSha256['en-GB'] === entry.textSha256['en-GB'] &&
    pack.textSha256['cy-GB'] === entry.textSha256['cy-GB'] &&
    JSON.stringify(pack.manifest) === JSON.stringify(entry.manifest)
  );
}
