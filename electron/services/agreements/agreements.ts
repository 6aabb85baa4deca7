/** What a person has accepted, here and on other PCs, and the exact text of each. */
import type { StateOf } from '../../../shared/ipc/contract.ts';
import type { AgreementContent, AgreementsContract } from '../../../shared/ipc/information.ts';
import { compareVersions } from '../../../shared/policy/compare-versions.ts';
import { fillPlaceholders, type SchoolDetails } from '../../../shared/policy/fill-placeholders.ts';
import type { PolicyPack } from '../../../shared/policy/pack.ts';
import type { KnownAcknowledgement } from '../../../shared/wire/collector-api.ts';
import { readLogReceipt } from '../../../shared/wire/log-receipt.ts';
import { askedAgain } from '../../domain/policies/asked-again.ts';
import type { AcceptedTexts } from '../../storage/accepted-texts/accepted-texts.ts';
import { isFromCollector, type Receipt } from '../../storage/receipts/receipt.ts';

export type Agreement = StateOf<AgreementsContract>['agreements'][number];

/**
 * Latest first. If both this PC and the collector know an agreement, it is described with what this PC knows, which is
 * more.
 */
export function listAgreements(
  receipts: readonly Receipt[],
  elsewhere: readonly KnownAcknowledgement[],
  packs: readonly PolicyPack[],
): Agreement[] {
  const here = new Set(receipts.map(({ eventId }) => eventId));
  const list = [
    ...receipts.map((receipt) => ({
      eventId: receipt.eventId,
      policyId: receipt.policyId,
      policyVersion: receipt.policyVersion,
      textSha256: receipt.textSha256,
      title: receipt.title ?? titleOf(receipt.policyId, packs),
      language: receipt.language,
      decidedAt: receipt.decidedAt,
      fullName: receipt.fullName,
      jobRole: receipt.jobRole,
      delivered: receipt.delivered,
      elsewhere: isFromCollector(receipt),
      ...confirmationOf(receipt),
    })),
    ...elsewhere
      .filter(({ eventId }) => !here.has(eventId))
      .map((known) => ({
        eventId: known.eventId,
        policyId: known.policyId,
        policyVersion: known.policyVersion,
        textSha256: known.textSha256,
        title: titleOf(known.policyId, packs),
        language: known.language,
        decidedAt: known.decidedAt,
        fullName: '',
        jobRole: '',
        delivered: true,
        elsewhere: true,
      })),
  ].toSorted((left, right) => Date.parse(right.decidedAt) - Date.parse(left.decidedAt));
  return list.map((agreement, index) => {
    const { policyId, policyVersion, decidedAt } = agreement;
    const pack = packs.find(
      ({ manifest }) => manifest.id === policyId && compareVersions(manifest.version, policyVersion) === 0,
    );
    const isNewest = list.findIndex((other) => other.policyId === policyId) === index;
    return pack === undefined || !isNewest
      ? agreement
      : { ...agreement, askedAgain: askedAgain(pack, decidedAt) };
  });
}

/** What the collector has signed, with its times in a form that the page can show. */
function confirmationOf({ confirmation }: Receipt): Pick<Agreement, 'confirmation'> {
  const read = confirmation === undefined ? undefined : readLogReceipt(confirmation);
  return confirmation === undefined || read === undefined
    ? {}
    : { confirmation: { receivedAt: read.receivedAt, leafSha256: read.leafSha256, note: confirmation } };
}

function titleOf(policyId: string, packs: readonly PolicyPack[]): Agreement['title'] {
  const pack = packs.findLast(({ manifest }) => manifest.id === policyId);
  return pack?.manifest.title ?? { 'en-GB': policyId, 'cy-GB': policyId };
}

/**
 * The text with exactly the hash that was accepted, from the texts kept on this PC, else from the policies at hand.
 * Never answers another text, however similar.
 */
export async function readAgreement(
  agreement: Agreement,
  kept: Pick<AcceptedTexts, 'read'> | undefined,
  packs: readonly PolicyPack[],
  details: SchoolDetails,
): Promise<AgreementContent> {
  const { language, textSha256, eventId, policyVersion } = agreement;
  const own = await kept?.read(textSha256);
  if (own !== undefined) {
    const answer = own.ticked.find((candidate) => candidate.eventId === eventId);
    const isOfVersion = answer !== undefined || own.policyVersion === policyVersion;
    const statements = answer?.statements ?? (isOfVersion ? own.statements : []);
    return {
      outcome: 'found',
      text: fillPlaceholders(own.text, language, details),
      statements: statements.map(({ id, text, required }) => ({
        text: text[language],
        // An acceptance cannot exist without its required ticks.
        answer:
          required || answer?.ids.includes(id) === true
            ? 'ticked'
            : answer === undefined
              ? 'not-known'
              : 'not-ticked',
      })),
    };
  }
  const withText = packs.filter((candidate) => candidate.textSha256[language] === textSha256);
  const pack = withText.find(({ manifest }) => manifest.version === policyVersion);
  const text = (pack ?? withText[0])?.texts[language];
  if (text === undefined) return { outcome: 'not-here' };
  return {
    outcome: 'found',
    text: fillPlaceholders(text, language, details),
    // Another version may have the same text with other statements, so ticks there are not ticks here.
    statements: (pack?.manifest.statements ?? []).map((statement) => ({
      text: statement.text[language],
      answer: statement.required ? 'ticked' : 'not-known',
    })),
  };
}
