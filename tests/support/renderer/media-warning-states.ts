/** Devices as the media warning lists them. */
import type { WarningCard } from '../../../shared/ipc/media-warning.ts';

/** A stick that is neither encrypted nor approved, before the user has taken any action. */
const warningCard: WarningCard = {
  id: '0198f0a0-0000-4000-8000-000000000001',
  kind: 'stick',
  name: 'SanDisk Cruzer Blade',
  sizeBytes: 16_008_609_792,
  places: ['E:'],
  serial: '4C530001230711104295',
  encryption: 'not-encrypted',
  approval: 'not-in-register',
  problems: ['not-encrypted', 'not-approved'],
  eject: 'ready',
  request: 'ready',
  answer: null,
  deviceNumber: '',
  offlineCode: 'not-available',
  scan: 'ready',
  scanProgram: '',
};

/** A stick that a code can approve, with the number that the user reads out. */
export const codeCard = {
  problems: ['not-approved'],
  encryption: 'encrypted',
  deviceNumber: '0KM4-7WXQ',
  offlineCode: 'ready',
} as const satisfies Partial<WarningCard>;

/** One card for each, told apart by their ids. */
export const cardsOf = (...changes: readonly Partial<WarningCard>[]): WarningCard[] =>
  changes.map((change, index) => ({
    ...warningCard,
    id: warningCard.id.replace(/.$/u, String(index)),
    ...change,
  }));
