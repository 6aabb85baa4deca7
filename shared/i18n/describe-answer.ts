/** Describes the school's answer to a request for approval: by whom, if known, and when. */
import type { MediaAnswer } from '../wire/media.ts';
import { formatDate } from './format-date.ts';
import type { PlainKey } from './strings.ts';
import type { Translator } from './translator.ts';

interface Words {
  readonly plain: PlainKey;
  readonly byName: PlainKey;
}

const sentences: Readonly<Record<MediaAnswer['decision'], Words>> = {
  approved: { plain: 'media-warning.answer.approved', byName: 'media-warning.answer.approvedBy' },
  refused: { plain: 'media-warning.answer.refused', byName: 'media-warning.answer.refusedBy' },
};

const shortForms: Readonly<Record<MediaAnswer['decision'], Words>> = {
  approved: { plain: 'media-warning.short.answerApproved', byName: 'media-warning.short.answerApprovedBy' },
  refused: { plain: 'media-warning.short.answerRefused', byName: 'media-warning.short.answerRefusedBy' },
};

/** @param length a sentence for the warning, or a few words for the tray. */
export function describeAnswer(
  { text, language }: Translator,
  answer: Pick<MediaAnswer, 'decision' | 'decidedBy' | 'decidedAt'>,
  length: 'sentence' | 'short',
): string {
  const { plain, byName } = (length === 'sentence' ? sentences : shortForms)[answer.decision];
  const date = formatDate(answer.decidedAt, language);
  return answer.decidedBy === '' ? text(plain, { date }) : text(byName, { date, name: answer.decidedBy });
}
