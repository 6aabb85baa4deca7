/** The school's list of people: its import from a file, and what the console shows of each person. */
import { z } from 'zod';
import { bilingualSchema } from '../lib/language.ts';
import { actionSchema } from './acknowledgements.ts';
import { incidentKindSchema } from './overview.ts';
import { cursorSchema, pageSchemaOf } from './paging.ts';

/** What a column of the file may hold. */
export const rosterFieldSchema = z.enum([
  'externalId',
  'fullName',
  'givenName',
  'familyName',
  'audience',
  'jobRole',
  'email',
  'login',
  'sid',
  'status',
  'enabled',
]);
export type RosterField = z.infer<typeof rosterFieldSchema>;
const mappingSchema = z.partialRecord(rosterFieldSchema, z.int().min(0).max(500));
export type RosterMapping = z.infer<typeof mappingSchema>;

/** Base64 makes four characters of three bytes. */
export const mostRosterBytes = 8 * 1024 * 1024;
export const rosterFileSchema = z.strictObject({
  /** The file's bytes in base64. */
  content: z.string().max(Math.ceil(mostRosterBytes / 3) * 4),
  /** Absent: the collector guesses it from the headings. */
  mapping: mappingSchema.optional(),
  /** The audience of everyone in the file, where no column says it. */
  audience: z.string().max(64).optional(),
  /** The audience for each value of the column. */
  audienceOf: z.record(z.string().max(200), z.string().max(64)).optional(),
});
export type RosterFile = z.infer<typeof rosterFileSchema>;

const rosterErrorKindSchema = z.enum(['broken', 'no-name', 'no-id', 'no-audience', 'duplicate', 'too-long']);
export type RosterErrorKind = z.infer<typeof rosterErrorKindSchema>;

export const rosterPreviewSchema = z.object({
  encoding: z.string(),
  isOneRoster: z.boolean(),
  columns: z.array(z.object({ name: z.string(), samples: z.array(z.string()) })),
  mapping: mappingSchema,
  /** The audiences of the school's policies. */
  audiences: z.array(z.string()),
  /** Values of the column of audiences. Empty `audience`: none is chosen yet. */
  audienceValues: z.array(z.object({ value: z.string(), people: z.int(), audience: z.string() })),
  people: z.int(),
  /** The first ones. */
  errors: z.array(z.object({ line: z.int(), kind: rosterErrorKindSchema, value: z.string() })),
  errorCount: z.int(),
  added: z.int(),
  changed: z.int(),
  unchanged: z.int(),
  left: z.int(),
  /** Names, the first of each kind. */
  names: z.object({
    added: z.array(z.string()),
    changed: z.array(z.string()),
    left: z.array(z.string()),
  }),
  /** Of this file and of the list as it is now: the import is refused where either has changed since. */
  fingerprint: z.string(),
});
export type RosterPreview = z.infer<typeof rosterPreviewSchema>;

export const rosterImportSchema = rosterFileSchema.extend({ fingerprint: z.string().max(128) });

export const importStateSchema = z.object({
  state: z.enum(['none', 'running', 'done', 'failed']),
  done: z.int(),
  total: z.int(),
});
export type ImportState = z.infer<typeof importStateSchema>;

export const peopleQuerySchema = z.object({
  search: z.string().max(100).optional(),
  audience: z.string().max(64).optional(),
  cursor: cursorSchema.optional(),
});

const personSchema = z.object({
  personId: z.string(),
  fullName: z.string(),
  audience: z.string(),
  jobRole: z.string(),
  email: z.string(),
  /** Accounts that have answered and belong to the person. */
  accounts: z.int(),
  hasLeft: z.boolean(),
});
export type Person = z.infer<typeof personSchema>;
export const peoplePageSchema = pageSchemaOf(personSchema);
export const peopleAudiencesSchema = z.object({ items: z.array(z.string()) });

export const personRecordSchema = personSchema.extend({
  externalId: z.string(),
  knownAccounts: z.array(
    z.object({
      account: z.string(),
      accountKey: z.string(),
      matchedBy: z.enum(['sid', 'name', 'email', 'hand']),
    }),
  ),
  answers: z.array(
    z.object({
      eventId: z.string(),
      policyId: z.string(),
      policyVersion: z.string(),
      policyTitle: bilingualSchema.optional(),
      action: actionSchema,
      decidedAt: z.string(),
      counts: z.boolean(),
    }),
  ),
  incidents: z.array(z.object({ kind: incidentKindSchema, at: z.string() })),
  devices: z.array(
    z.object({ label: z.string(), issuedAt: z.string().optional(), returnedAt: z.string().optional() }),
  ),
});
export type PersonRecord = z.infer<typeof personRecordSchema>;

const outstandingShape = { policyId: z.string().max(64), audience: z.string().max(64) };
export const outstandingQuerySchema = z.object({ ...outstandingShape, cursor: cursorSchema.optional() });
export const outstandingExportSchema = z.object(outstandingShape);
const outstandingSchema = z.object({
  personId: z.string(),
  fullName: z.string(),
  jobRole: z.string(),
  email: z.string(),
  /** Absent without an account: the person was never at a PC, or the account is not matched. */
  hasAccount: z.boolean(),
});
export type Outstanding = z.infer<typeof outstandingSchema>;
export const outstandingPageSchema = pageSchemaOf(outstandingSchema);

/** What each audience of the list is asked. */
export const askedSchema = z.object({
  items: z.array(z.object({ audience: z.string(), policyId: z.string(), title: bilingualSchema })),
});

const unmatchedSchema = z.object({
  accountKey: z.string(),
  account: z.string(),
  /** As it was typed in the first answer. */
  fullName: z.string(),
  /** People whose name, account name or e-mail address is like the account's. */
  candidates: z.array(z.object({ personId: z.string(), fullName: z.string(), email: z.string() })),
});
export type UnmatchedAccount = z.infer<typeof unmatchedSchema>;
export const unmatchedPageSchema = pageSchemaOf(unmatchedSchema);
export const unmatchedQuerySchema = z.object({ cursor: cursorSchema.optional() });

export const matchSchema = z.strictObject({
  accountKey: z.string().min(1).max(600),
  /** Empty: to no person of the list. */
  personId: z.string().max(64),
  /** With an empty `personId`: the question stays open, and the account is listed again. */
  staysOpen: z.boolean().default(false),
});
