/** One acknowledgement, for the page that shows it and for the files that are made of it. */
import type {
  AcknowledgementRecordView,
  AcknowledgementRow,
  CountersignatureView,
} from '../../../shared/console/acknowledgements.ts';
import type {
  ConsoleAcknowledgementRepository,
  StoredAcknowledgement,
} from '../repositories/console-acknowledgements.ts';
import type { PolicyRepository } from '../repositories/policies.ts';
import { showText } from '../show-text.ts';

const goodSignatures = new Set(['valid', 'unbound', 'unchecked']);

/** One acknowledgement as the console shows it. A missing pack loses only the title. */
export async function toConsoleRow(
  stored: StoredAcknowledgement,
  policies: PolicyRepository,
): Promise<AcknowledgementRow> {
  const { evidence, standing, accountName, accountDomain, countersignature, ...row } = stored;
  const pack = await policies.find(row.policyId, row.policyVersion).catch(() => undefined);
  return {
    position: row.position,
    eventId: row.eventId,
    action: row.action,
    policyId: row.policyId,
    policyVersion: row.policyVersion,
    ...(pack === undefined ? {} : { policyTitle: pack.manifest.title }),
    language: row.language,
    decidedAt: row.decidedAt,
    fullName: showText(row.fullName),
    jobRole: showText(row.jobRole),
    account: showText(accountDomain === '' ? accountName : `${accountDomain}\\${accountName}`),
    hostname: showText(row.hostname),
    signature: evidence === 'missing' ? 'missing' : goodSignatures.has(evidence) ? 'valid' : 'wrong',
    counts: standing === 'counts',
    ...(countersignature === undefined
      ? {}
      : { countersignature: { by: showText(countersignature.signatory), at: countersignature.signedAt } }),
  };
}

type Found = NonNullable<Awaited<ReturnType<ConsoleAcknowledgementRepository['find']>>>;

function showCountersignature(one: Found['countersignatures'][number]): CountersignatureView {
  const { withdrawnAt, withdrawnName, reason } = one;
  const withdrawn =
    withdrawnAt === null
      ? {}
      : { withdrawn: { by: showText(withdrawnName ?? ''), at: withdrawnAt, reason: showText(reason ?? '') } };
  return { id: one.id, by: showText(one.signatory), at: one.signedAt, ...withdrawn, log: one.log };
}

interface Dependencies {
  readonly consoleAcknowledgementsOf: (schoolId: string) => ConsoleAcknowledgementRepository;
  readonly policies: PolicyRepository;
}

/** With what proves it, as a paper shows it. */
export interface FullRecord {
  readonly view: AcknowledgementRecordView;
  /** The PC's signature over the facts, a compact JWS; empty for none. */
  readonly evidence: string;
  /** The hash of its leaf, and the checkpoint that includes it; undefined while the log does not hold it. */
  readonly proof: { readonly leafSha256: string; readonly checkpoint: string } | undefined;
  /** The note of the countersignature that stands; empty for none. */
  readonly countersignature: string;
}

/** Undefined for an acknowledgement that the school does not have. */
export async function readRecord(
  { consoleAcknowledgementsOf, policies }: Dependencies,
  schoolId: string,
  eventId: string,
): Promise<FullRecord | undefined> {
  const found = await consoleAcknowledgementsOf(schoolId).find(eventId);
  if (found === undefined) return undefined;
  const { row, data, receivedAt, log, proof, countersignatures } = found;
  const pack = await policies.find(row.policyId, row.policyVersion).catch(() => undefined);
  // Only the text with the very hash that was signed.
  const text = pack?.textSha256[row.language] === row.textSha256 ? pack.texts[row.language] : undefined;
  const view = {
    ...(await toConsoleRow(row, policies)),
    receivedAt,
    textSha256: row.textSha256,
    statements: (data?.statements ?? []).map((one) => ({ text: one.text, ticked: one.ticked })),
    ...(text === undefined ? {} : { text }),
    agentVersion: data?.agentVersion ?? '',
    log,
    countersignatures: countersignatures.map(showCountersignature),
  };
  const standing = countersignatures.find(({ withdrawnAt }) => withdrawnAt === null);
  return { view, evidence: data?.evidence ?? '', proof, countersignature: standing?.signature ?? '' };
}
