/** Makes people of the rows of a file, by a mapping of its columns. */
import {
  type RosterErrorKind,
  type RosterField,
  type RosterFile,
  type RosterMapping,
  rosterFieldSchema,
} from '../../../shared/console/people.ts';
import { foldText } from '../repositories/acknowledgement-row.ts';
import { asKept } from '../repositories/as-kept.ts';
import type { RosterTable } from './read-file.ts';

export interface RosterPerson {
  /** What the file calls the person; the e-mail address or the account name where it has no number. */
  readonly externalId: string;
  readonly fullName: string;
  readonly audience: string;
  readonly jobRole: string;
  readonly email: string;
  readonly login: string;
  readonly sid: string;
}

/** Headings of the usual systems, without case, spaces and accents. In Wales and England, UPN is a pupil's number. */
const headingsOf: Readonly<Record<RosterField, readonly string[]>> = {
  externalId: [
    ...['sourcedid', 'personid', 'id', 'staffcode', 'employeenumber', 'payrollnumber', 'admissionnumber'],
    ...['admno', 'upn', 'uniquepupilnumber', 'rhif'],
  ],
  fullName: ['fullname', 'name', 'displayname', 'enwllawn', 'enw'],
  givenName: ['preferredgivenname', 'givenname', 'preferredforename', 'forename', 'firstname', 'enwcyntaf'],
  familyName: ['familyname', 'surname', 'preferredsurname', 'legalsurname', 'lastname', 'cyfenw'],
  audience: ['audience', 'role', 'usertype', 'type', 'cynulleidfa', 'rol'],
  jobRole: ['jobtitle', 'jobrole', 'post', 'position', 'teitlswydd', 'swydd'],
  email: ['email', 'emailaddress', 'workemail', 'mail', 'ebost'],
  login: [
    'userprincipalname',
    'username',
    'samaccountname',
    'login',
    'accountname',
    'account',
    'enwdefnyddiwr',
  ],
  sid: ['sid', 'objectsid'],
  status: ['status'],
  enabled: ['enableduser', 'enabled'],
};

const foldHeading = (heading: string): string => foldText(heading).replaceAll(/[^a-z0-9]/gu, '');

export function guessMapping(headings: readonly string[]): RosterMapping {
  const folded = headings.map(foldHeading);
  const mapping: RosterMapping = {};
  for (const field of rosterFieldSchema.options) {
    const heading = headingsOf[field].find((one) => folded.includes(one));
    if (heading !== undefined) mapping[field] = folded.indexOf(heading);
  }
  return mapping;
}

/** `users.csv` of OneRoster 1.1 or 1.2. */
export function isOneRoster(headings: readonly string[]): boolean {
  return ['sourcedId', 'enabledUser', 'givenName', 'familyName'].every((name) => headings.includes(name));
}

const synonyms: Readonly<Record<string, readonly string[]>> = {
  staff: ['staff', 'teacher', 'teachers', 'administrator', 'aide', 'athro', 'athrawes', 'athrawon'],
  pupil: ['pupil', 'pupils', 'student', 'students', 'learner', 'disgybl', 'disgyblion'],
  governor: ['governor', 'governors', 'llywodraethwr', 'llywodraethwyr'],
  visitor: ['visitor', 'visitors', 'ymwelydd', 'ymwelwyr'],
};

/** Empty where the value names no audience of the school. */
export function guessAudience(value: string, audiences: readonly string[]): string {
  const folded = foldText(value.trim());
  return (
    audiences.find((one) => one === folded) ??
    audiences.find((one) => synonyms[one]?.includes(folded) === true) ??
    ''
  );
}

const longest = 200;

interface RosterError {
  readonly line: number;
  readonly kind: RosterErrorKind;
  readonly value: string;
}

interface ReadPeople {
  readonly people: readonly RosterPerson[];
  readonly errors: readonly RosterError[];
  readonly audienceValues: ReadonlyMap<string, number>;
}

export function readPeople(
  table: RosterTable,
  mapping: RosterMapping,
  { audience: ofAll = '', audienceOf = {} }: Pick<RosterFile, 'audience' | 'audienceOf'>,
  audiences: readonly string[],
): ReadPeople {
  const people: RosterPerson[] = [];
  const errors: RosterError[] = [];
  const audienceValues = new Map<string, number>();
  const seen = new Set<string>();
  for (const { line, cells } of table.rows) {
    const cell = (field: RosterField): string => asKept(cells[mapping[field] ?? -1] ?? '').trim();
    if (cell('status') === 'tobedeleted' || cell('enabled').toLowerCase() === 'false') continue;
    const value = cell('audience');
    if (value !== '') audienceValues.set(value, (audienceValues.get(value) ?? 0) + 1);
    const chosen = value === '' ? ofAll : (audienceOf[value] ?? guessAudience(value, audiences));
    const [email, login] = [cell('email'), cell('login')];
    const person: RosterPerson = {
      externalId:
        [cell('externalId'), email.toLowerCase(), login.toLowerCase()].find((id) => id !== '') ?? '',
      fullName: cell('fullName') || `${cell('givenName')} ${cell('familyName')}`.trim(),
      audience: chosen,
      jobRole: cell('jobRole'),
      email,
      login,
      sid: cell('sid').toUpperCase(),
    };
    const error = problemOf(person, value, audiences, seen);
    if (error === undefined) people.push(person);
    else errors.push({ line, ...error });
    seen.add(person.externalId);
  }
  if (table.brokenAt !== undefined) errors.push({ line: table.brokenAt, kind: 'broken', value: '' });
  return { people, errors, audienceValues };
}

function problemOf(
  person: RosterPerson,
  audienceValue: string,
  audiences: readonly string[],
  seen: ReadonlySet<string>,
): Omit<RosterError, 'line'> | undefined {
  if (person.fullName === '') return { kind: 'no-name', value: person.externalId };
  if (person.externalId === '') return { kind: 'no-id', value: person.fullName };
  const long = Object.values<string>({ ...person }).find((text) => text.length > longest);
  if (long !== undefined) return { kind: 'too-long', value: long.slice(0, 40) };
  if (seen.has(person.externalId)) return { kind: 'duplicate', value: person.externalId };
  if (!audiences.includes(person.audience)) return { kind: 'no-audience', value: audienceValue };
  return undefined;
}
