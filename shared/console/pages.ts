/** The addresses of the console's pages: the collector answers each with the page, and the page's router knows it. */

export const pageAddresses = {
  overview: '/',
  leadership: '/leadership',
  acknowledgements: '/acknowledgements',
  acknowledgement: '/acknowledgements/:eventId',
  people: '/people',
  person: '/people/:personId',
  outstanding: '/people/outstanding',
  accountMatches: '/people/accounts',
  rosterImport: '/people/import',
  countersign: '/countersign',
  policies: '/policies',
  policy: '/policies/:policyId/:version',
  personnelFiles: '/personnel-files',
  pcs: '/pcs',
  pc: '/pcs/:agentId',
  enrolment: '/enrolment',
  media: '/media',
  accounts: '/accounts',
  ownAccount: '/account',
  signIn: '/sign-in',
} as const;
