/** `collector -- verify`: reports whether all acknowledgements are as they arrived, and which are not. */
import { UsageError } from './collector-error.ts';
import { verifyChain } from './evidence/verify-chain.ts';
import type { ChainHead, EvidenceChainRepository } from './repositories/evidence-chain.ts';

export const verifyHelp = `  npm run collector -- verify --data DIR [--head PLACE:HASH]
      Walks the chain of acknowledgements and every signature, and names each record that was altered, removed,
      inserted or moved, the first one first. Prints the head of the chain at its end: write it down outside this
      computer, and give it to --head later. Ends with 0 when all is as it arrived, and with 2 when it is not.
`;

/** A long check prints its progress. */
const progressEveryMs = 2000;

const verdictWords: Readonly<Record<string, string>> = {
  valid: 'signed by the PC that reported it',
  unbound: 'signed by the PC, without the place where it belongs',
  unchecked: 'reported before signatures were looked at',
  missing: 'without a signature',
  malformed: 'with something that is no signature of an acknowledgement',
  'other-facts': 'with a signature over other facts',
  replayed: 'with a signed statement for another place: a copy, or an event that was moved',
  'unknown-key': 'signed with a key that is not the PC’s',
  'wrong-signature': 'with a signature that does not match',
};

function readHeadOption(text: string): ChainHead {
  const [, place, recordSha256] = /^(\d{1,12}):([0-9a-f]{64})$/u.exec(text) ?? [];
  if (place === undefined || recordSha256 === undefined || Number(place) < 1) {
    throw new UsageError(
      '--head takes what an earlier verify printed, such as 120:3f9a… with all 64 digits of the hash.',
    );
  }
  return { place: Number(place), recordSha256 };
}

/** True when all is as it arrived. Throws UsageError for an invalid head. */
export async function runVerify(
  chain: EvidenceChainRepository,
  head: string | undefined,
  { say, warn }: { readonly say: (line: string) => void; readonly warn: (line: string) => void },
): Promise<boolean> {
  const writtenDown = head === undefined ? undefined : readHeadOption(head);
  let saidAtMs = performance.now();
  const report = await verifyChain(chain, {
    ...(writtenDown === undefined ? {} : { writtenDown }),
    onProgress: (done, all) => {
      if (performance.now() - saidAtMs < progressEveryMs) return;
      saidAtMs = performance.now();
      warn(`${done} of ${all} acknowledgements`);
    },
  });
  for (const { kind, place, eventId, detail } of report.findings) {
    const what = [place === undefined ? '' : `record ${place}`, eventId === '' ? '' : `event ${eventId}`];
    say(`${kind}: ${what.filter((part) => part !== '').join(', ')}: ${detail}`);
  }
  if (report.gaveUp) say('There is more; the walk ended here.');
  for (const [verdict, count] of report.verdicts) say(`${count} ${verdictWords[verdict] ?? verdict}`);
  for (const { place, eventId, verdict } of report.doubtful.filter(
    ({ verdict }) => verdict !== 'unchecked',
  )) {
    say(`  record ${place}, event ${eventId}: ${verdictWords[verdict] ?? verdict}`);
  }
  if (report.chainedLate !== undefined) {
    const { count, chainedAt } = report.chainedLate;
    say(
      `${count} were chained at ${chainedAt}, after they had arrived: what was done to them before is not shown.`,
    );
  }
  say(`head ${report.head.place}:${report.head.recordSha256}`);
  const isWhole = report.findings.length === 0;
  say(
    isWhole && report.records === 0
      ? 'There is nothing to verify yet: no acknowledgement has arrived.'
      : isWhole
        ? `All ${report.records} acknowledgements are as they arrived.`
        : 'The acknowledgements are NOT as they arrived; see the first line.',
  );
  return isWhole;
}
