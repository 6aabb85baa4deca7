/** The pages in the navigation, in its order. Each is shown to those who may do its act. */
import type { Act } from '../../../shared/console/access.ts';
import { pageAddresses } from '../../../shared/console/pages.ts';
import type { ConsoleKey } from '../../../shared/i18n/console-words.ts';

interface ListedPage {
  readonly address: string;
  readonly title: ConsoleKey;
  readonly act: Act;
}

export const listedPages: readonly ListedPage[] = [
  { address: pageAddresses.overview, title: 'console-overview.title', act: 'overview:read' },
  {
    address: pageAddresses.acknowledgements,
    title: 'console.acknowledgements',
    act: 'acknowledgements:read',
  },
  { address: pageAddresses.people, title: 'console-people.title', act: 'people:read' },
  {
    address: pageAddresses.countersign,
    title: 'console-countersign.title',
    act: 'acknowledgements:countersign',
  },
  { address: pageAddresses.policies, title: 'console-policies.title', act: 'policies:read' },
  {
    address: pageAddresses.personnelFiles,
    title: 'console-personnel-file.page',
    act: 'acknowledgements:export',
  },
  { address: pageAddresses.pcs, title: 'console.pcs', act: 'pcs:read' },
  { address: pageAddresses.media, title: 'console-media.title', act: 'media:read' },
  { address: pageAddresses.enrolment, title: 'console-enrolment.title', act: 'enrolment:manage' },
  { address: pageAddresses.accounts, title: 'console.accounts', act: 'accounts:manage' },
];
