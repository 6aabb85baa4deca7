/** The managed configuration: one table with the schema, the default and the administrator's text of every key. */
import { z } from 'zod';
import { languages } from '../lib/language.ts';
import { fail, type Result, succeed } from '../lib/result.ts';
import { audienceSchema } from '../policy/pack.ts';
import {
  type ConfigKind,
  choiceSetting,
  configKinds,
  listSetting,
  switchSetting,
  textSetting,
  wholeNumberSetting,
} from './config-kinds.ts';

/**
 * Reports name people and carry the agent's token, so they travel encrypted; plain http is for a collector on the
 * same PC. An address with a user name, a query or a fragment is refused: requests are made by appending a path.
 */
const collectorUrlSchema = z
  .string()
  .regex(/^https?:\/\/[^\s@?#]+$/iu, 'must be a plain https address, such as https://porthor.example.org')
  .pipe(
    z.union(
      [
        z.url({ protocol: /^https$/u }),
        z.url({ protocol: /^http$/u, hostname: /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/u }),
      ],
      { error: 'must be an https address; http is allowed for this PC alone (localhost, 127.0.0.1, [::1])' },
    ),
  );

/** Absolute, or with a variable at the start: a relative path would depend on the program that starts the agent. */
const pathSchema = z
  .string()
  .regex(/^(?:\/|[A-Za-z]:[\\/]|\\\\[^\\]|%[A-Za-z0-9_()]+%)/u, 'must be a full path')
  // No file system takes a NUL, and one would cut the path short.
  .refine((path) => !path.includes('\0'), 'must not hold a NUL character');

const sha256Schema = z.string().regex(/^[0-9a-fA-F]{64}$/u, 'must be 64 hexadecimal digits');

const usbIdSchema = z
  .string()
  .regex(/^[0-9a-fA-F]{4}$/u, 'must be 4 hexadecimal digits, such as 0951')
  .toLowerCase();

const shortTextSchema = z.string().min(1).max(256);

const audienceRuleSchema = z.union(
  [
    z.strictObject({ group: shortTextSchema, audience: audienceSchema }),
    z.strictObject({ accountPattern: shortTextSchema, audience: audienceSchema }),
  ],
  {
    error: 'must hold `audience` (lower-case words joined by hyphens) and either `group` or `accountPattern`',
  },
);

const approvedMediaSchema = z.strictObject({
  vendorId: usbIdSchema,
  productId: usbIdSchema,
  /** Absent approves every stick of the model. */
  serial: shortTextSchema.exactOptional(),
  label: shortTextSchema,
  /** ISO 8601 in UTC; the approval ends then. */
  expiresAt: z.iso.datetime({ error: 'must be a time in UTC, such as 2027-07-31T23:59:59Z' }).exactOptional(),
});

const encryptedModelSchema = z.strictObject({
  vendorId: usbIdSchema,
  productId: usbIdSchema,
  label: shortTextSchema,
});

/**
 * Sticks that encrypt everything themselves, so that no probe of the file system shows it. Ids from the public list of USB
 * ids. Models that may also have an open part (DataTraveler Locker) are deliberately absent.
 */
const knownEncryptedModels: z.infer<typeof encryptedModelSchema>[] = [
  { vendorId: '0951', productId: '160d', label: 'Kingston DataTraveler Vault Privacy' },
  { vendorId: '0984', productId: '1407', label: 'Apricorn Aegis Secure Key 3.0' },
  { vendorId: '1953', productId: '0202', label: 'IronKey S200' },
  { vendorId: '2009', productId: '5004', label: 'iStorage datAshur 4 GB' },
  { vendorId: '2009', productId: '5016', label: 'iStorage datAshur 16 GB' },
  { vendorId: '2009', productId: '5032', label: 'iStorage datAshur 32 GB' },
];

const contactGroup = z
  .strictObject({
    name: textSetting(200, {
      applies: 'at-once',
      'en-GB': 'Whom people should ask: a name or a role. Shown in the gate, in warnings and in the tray.',
      'cy-GB':
        'Pwy y dylai pobl ofyn iddynt: enw neu rôl. Fe’i dangosir yn y porth, mewn rhybuddion ac yn yr hambwrdd.',
    }),
    phone: textSetting(100, {
      applies: 'at-once',
      'en-GB': 'Telephone number or extension of the contact.',
      'cy-GB': 'Rhif ffôn neu estyniad y cyswllt.',
    }),
    email: textSetting(254, {
      applies: 'at-once',
      'en-GB': 'Email address of the contact.',
      'cy-GB': 'Cyfeiriad e-bost y cyswllt.',
    }),
    place: textSetting(200, {
      applies: 'at-once',
      'en-GB': 'Where the contact is to be found, for instance a room.',
      'cy-GB': 'Ble mae dod o hyd i’r cyswllt, er enghraifft ystafell.',
    }),
  })
  .prefault({});

const policyGroup = z
  .strictObject({
    directory: textSetting(
      1024,
      {
        applies: 'next-login',
        'en-GB':
          'Folder of policy packs, for PCs that have no collector. Empty: the packs that Porthor brings.',
        'cy-GB':
          'Ffolder o becynnau polisi, ar gyfer cyfrifiaduron heb gasglwr. Yn wag: y pecynnau a ddaw gyda Porthor.',
      },
      pathSchema,
    ),
    applyNewVersion: choiceSetting(['next-login', 'at-once'], 'next-login', {
      applies: 'at-once',
      'en-GB':
        'When a new version of a policy is shown: at the next login, or at once, even in the middle of a lesson.',
      'cy-GB':
        'Pryd y dangosir fersiwn newydd o bolisi: wrth fewngofnodi nesaf, neu ar unwaith, hyd yn oed ar ganol gwers.',
    }),
  })
  .prefault({});

const audienceGroup = z
  .strictObject({
    default: audienceSchema.default('staff').register(configKinds, {
      kind: 'text',
      default: 'staff',
      maximumLength: 64,
      applies: 'next-decision',
      text: {
        'en-GB': 'The audience of everyone whom no rule names. It decides which policies a person is shown.',
        'cy-GB':
          'Cynulleidfa pawb nad yw’r un rheol yn eu henwi. Hi sy’n penderfynu pa bolisïau a ddangosir i berson.',
      },
    }),
    rules: listSetting(
      audienceRuleSchema,
      { items: 'object', maximumItems: 500, preset: [] },
      {
        applies: 'next-decision',
        'en-GB':
          'Which group or account pattern belongs to which audience. The first rule that fits counts. Example: {"group": "SCHOOL\\\\Pupils", "audience": "pupil"}.',
        'cy-GB':
          'Pa grŵp neu batrwm cyfrif sy’n perthyn i ba gynulleidfa. Y rheol gyntaf sy’n cyfateb sy’n cyfrif. Enghraifft: {"group": "YSGOL\\\\Disgyblion", "audience": "pupil"}.',
      },
    ),
    exclude: listSetting(
      shortTextSchema,
      { items: 'text', maximumItems: 500, preset: [] },
      {
        applies: 'next-decision',
        'en-GB':
          'Account patterns that are never asked, for instance service accounts. * stands for any characters.',
        'cy-GB':
          'Patrymau cyfrif na ofynnir iddynt byth, er enghraifft cyfrifon gwasanaeth. Mae * yn cynrychioli unrhyw nodau.',
      },
    ),
  })
  .prefault({});

const gateGroup = z
  .strictObject({
    enabled: switchSetting(true, {
      applies: 'next-decision',
      'en-GB': 'Shows the policy at login and blocks use of the PC until the person accepts it.',
      'cy-GB':
        'Mae’n dangos y polisi wrth fewngofnodi ac yn atal defnyddio’r cyfrifiadur nes i’r person ei dderbyn.',
    }),
    beforeDesktop: switchSetting(false, {
      applies: 'next-login',
      'en-GB':
        'Lets the desktop start only when the gate is ready, or after 20 seconds. Needs the logon script of docs/windows.md.',
      'cy-GB':
        'Mae’n gadael i’r bwrdd gwaith gychwyn dim ond pan fydd y porth yn barod, neu ar ôl 20 eiliad. Mae angen y sgript fewngofnodi yn docs/windows.md.',
    }),
    onDecline: choiceSetting(['sign-out', 'lock', 'nothing'], 'sign-out', {
      applies: 'next-login',
      'en-GB':
        'What happens when a person does not accept: sign out, lock the screen, or nothing (the gate stays shut).',
      'cy-GB':
        'Beth sy’n digwydd pan nad yw person yn derbyn: allgofnodi, cloi’r sgrin, neu ddim byd (mae’r porth yn aros ar gau).',
    }),
    declineCountdownSeconds: wholeNumberSetting(
      { minimum: 20, maximum: 600, preset: 60 },
      {
        applies: 'next-login',
        'en-GB': 'Seconds that a person who does not accept has to save their work before being signed out.',
        'cy-GB': 'Eiliadau sydd gan berson nad yw’n derbyn i gadw ei waith cyn cael ei allgofnodi.',
      },
    ),
    openAfterCrashes: wholeNumberSetting(
      { minimum: 0, maximum: 20, preset: 3 },
      {
        applies: 'next-login',
        'en-GB':
          'After this many crashes within 2 minutes the gate opens and reports it, so that a fault does not close a classroom. 0: never.',
        'cy-GB':
          'Ar ôl cynifer â hyn o fethiannau o fewn 2 funud mae’r porth yn agor ac yn rhoi gwybod am hynny, fel nad yw nam yn cau ystafell ddosbarth. 0: byth.',
      },
    ),
    breakGlassCodeSha256: textSetting(
      64,
      {
        applies: 'next-login',
        'en-GB':
          'SHA-256, in hexadecimal, of the code with which a technician opens a stuck gate. Empty: no such code.',
        'cy-GB':
          'SHA-256, mewn hecsadegol, o’r cod y mae technegydd yn ei ddefnyddio i agor porth sydd wedi mynd yn sownd. Yn wag: dim cod o’r fath.',
      },
      sha256Schema,
    ),
  })
  .prefault({});

const idleGroup = z
  .strictObject({
    enabled: switchSetting(true, {
      applies: 'at-once',
      'en-GB': 'Locks the screen when nobody has used the PC for a while.',
      'cy-GB': 'Mae’n cloi’r sgrin pan nad oes neb wedi defnyddio’r cyfrifiadur ers tro.',
    }),
    lockAfterSeconds: wholeNumberSetting(
      { minimum: 60, maximum: 3600, preset: 600 },
      {
        applies: 'at-once',
        'en-GB': 'Seconds without use after which the screen locks. Advice for schools is 900 or less.',
        'cy-GB': 'Eiliadau heb ddefnydd cyn i’r sgrin gloi. Y cyngor i ysgolion yw 900 neu lai.',
      },
    ),
    warningSeconds: wholeNumberSetting(
      { minimum: 20, maximum: 300, preset: 30 },
      {
        applies: 'at-once',
        'en-GB': 'Seconds of warning before the screen locks. Any key or movement calls it off.',
        'cy-GB': 'Eiliadau o rybudd cyn i’r sgrin gloi. Mae unrhyw fysell neu symudiad yn ei atal.',
      },
    ),
    whilePresenting: choiceSetting(['wait', 'ignore'], 'wait', {
      applies: 'at-once',
      'en-GB': 'Whether a presentation or a video holds the lock off (wait) or not (ignore).',
      'cy-GB': 'A yw cyflwyniad neu fideo yn gohirio’r cloi (wait) neu beidio (ignore).',
    }),
    presentingCeilingSeconds: wholeNumberSetting(
      { minimum: 60, maximum: 43_200, preset: 3600 },
      {
        applies: 'at-once',
        'en-GB': 'The longest that a presentation or a video may hold the lock off, in seconds.',
        'cy-GB': 'Yr hiraf y caiff cyflwyniad neu fideo ohirio’r cloi, mewn eiliadau.',
      },
    ),
    signOutAfterSeconds: wholeNumberSetting(
      { minimum: 0, maximum: 86_400, preset: 0 },
      {
        applies: 'at-once',
        'en-GB':
          'Seconds without use after which the person is signed out; unsaved work is lost. Must be longer than the time to lock. 0: never.',
        'cy-GB':
          'Eiliadau heb ddefnydd cyn i’r person gael ei allgofnodi; collir gwaith nas cadwyd. Rhaid iddo fod yn hwy na’r amser cloi. 0: byth.',
      },
    ),
  })
  .refine((idle) => idle.warningSeconds < idle.lockAfterSeconds, {
    path: ['warningSeconds'],
    error: 'must be less than idle.lockAfterSeconds',
  })
  .refine((idle) => idle.signOutAfterSeconds === 0 || idle.signOutAfterSeconds > idle.lockAfterSeconds, {
    path: ['signOutAfterSeconds'],
    error: 'must be 0 or more than idle.lockAfterSeconds',
  })
  .prefault({});

const mediaGroup = z
  .strictObject({
    mode: choiceSetting(['off', 'audit', 'warn'], 'warn', {
      applies: 'at-once',
      'en-GB':
        'What Porthor does about memory sticks and the like: nothing (off), only report (audit), or warn (warn).',
      'cy-GB':
        'Beth mae Porthor yn ei wneud ynghylch cofbinnau a’u tebyg: dim byd (off), rhoi gwybod yn unig (audit), neu rybuddio (warn).',
    }),
    requireEncryption: switchSetting(true, {
      applies: 'at-once',
      'en-GB': 'A memory stick must be encrypted.',
      'cy-GB': 'Rhaid i gofbin fod wedi’i amgryptio.',
    }),
    requireApproval: switchSetting(true, {
      applies: 'at-once',
      'en-GB': 'A memory stick must be one that the school has approved.',
      'cy-GB': 'Rhaid i gofbin fod yn un y mae’r ysgol wedi’i gymeradwyo.',
    }),
    approved: listSetting(
      approvedMediaSchema,
      { items: 'object', maximumItems: 5000, preset: [] },
      {
        applies: 'at-once',
        'en-GB':
          'Approved memory sticks. Example: {"vendorId": "0951", "productId": "1666", "serial": "60A44C41", "label": "Office 3"}. Without a serial number the whole model is approved.',
        'cy-GB':
          'Cofbinnau a gymeradwywyd. Enghraifft: {"vendorId": "0951", "productId": "1666", "serial": "60A44C41", "label": "Swyddfa 3"}. Heb rif cyfresol, cymeradwyir y model cyfan.',
      },
    ),
    encryptedModels: listSetting(
      encryptedModelSchema,
      { items: 'object', maximumItems: 500, preset: knownEncryptedModels },
      {
        applies: 'at-once',
        'en-GB':
          'Models of memory stick that encrypt everything themselves. Your list replaces the one Porthor brings.',
        'cy-GB':
          'Modelau o gofbinnau sy’n amgryptio popeth eu hunain. Mae eich rhestr chi yn disodli’r un a ddaw gyda Porthor.',
      },
    ),
    includePortableDevices: switchSetting(true, {
      applies: 'at-once',
      'en-GB': 'Looks at phones, cameras and music players too.',
      'cy-GB': 'Mae’n edrych ar ffonau, camerâu a chwaraewyr cerddoriaeth hefyd.',
    }),
    includeOptical: switchSetting(true, {
      applies: 'at-once',
      'en-GB': 'Looks at CDs, DVDs and other discs too.',
      'cy-GB': 'Mae’n edrych ar grynoddisgiau, DVDs a disgiau eraill hefyd.',
    }),
    repeatAfterSeconds: wholeNumberSetting(
      { minimum: 0, maximum: 604_800, preset: 3600 },
      {
        applies: 'at-once',
        'en-GB': 'Seconds before the same device is warned about again.',
        'cy-GB': 'Eiliadau cyn rhybuddio eto am yr un ddyfais.',
      },
    ),
    hideSerials: switchSetting(false, {
      applies: 'at-once',
      'en-GB': 'Leaves serial numbers out of what people see and of what is reported.',
      'cy-GB': 'Mae’n hepgor rhifau cyfresol o’r hyn y mae pobl yn ei weld ac o’r hyn yr adroddir amdano.',
    }),
  })
  .prefault({});

const reportingGroup = z
  .strictObject({
    heartbeatSeconds: wholeNumberSetting(
      { minimum: 60, maximum: 86_400, preset: 3600 },
      {
        applies: 'next-login',
        'en-GB': 'Seconds between two signs of life to the collector.',
        'cy-GB': 'Eiliadau rhwng dau arwydd o fywyd i’r casglwr.',
      },
    ),
    maxOutboxMegabytes: wholeNumberSetting(
      { minimum: 1, maximum: 4096, preset: 64 },
      {
        applies: 'next-login',
        'en-GB':
          'Disk space for reports that wait to be sent, in megabytes. An acknowledgement is kept whatever the limit.',
        'cy-GB':
          'Lle ar ddisg i adroddiadau sy’n aros i’w hanfon, mewn megabeitiau. Cedwir cydnabyddiaeth beth bynnag fo’r terfyn.',
      },
    ),
  })
  .prefault({});

/** Parses a whole document and fills in what is missing; an unknown key makes it invalid. */
const managedConfigSchema = z.strictObject({
  siteName: textSetting(120, {
    applies: 'at-once',
    'en-GB': 'The name of the school, shown in every window.',
    'cy-GB': 'Enw’r ysgol, a ddangosir ym mhob ffenestr.',
  }),
  collectorUrl: textSetting(
    1024,
    {
      applies: 'next-login',
      'en-GB':
        'Address of the collector that receives the reports. https; plain http only on this PC. Empty: none.',
      'cy-GB':
        'Cyfeiriad y casglwr sy’n derbyn yr adroddiadau. https; http plaen ar y cyfrifiadur hwn yn unig. Yn wag: dim un.',
    },
    collectorUrlSchema,
  ),
  enrolmentToken: textSetting(256, {
    applies: 'next-login',
    'en-GB': 'The token with which a new PC introduces itself to the collector.',
    'cy-GB': 'Y tocyn y mae cyfrifiadur newydd yn ei ddefnyddio i’w gyflwyno ei hun i’r casglwr.',
  }),
  caCertificateFile: textSetting(
    1024,
    {
      applies: 'next-login',
      'en-GB':
        'Certificate file (PEM or DER) of the authority that has issued the collector’s certificate. It is trusted for the collector alone, beside those that the system trusts.',
      'cy-GB':
        'Ffeil dystysgrif (PEM neu DER) yr awdurdod a gyhoeddodd dystysgrif y casglwr. Ymddiriedir ynddi ar gyfer y casglwr yn unig, ochr yn ochr â’r rhai y mae’r system yn ymddiried ynddynt.',
    },
    pathSchema,
  ),
  clientCertificateIssuer: textSetting(256, {
    applies: 'next-login',
    'en-GB':
      'Common name of the authority whose certificate of this user or PC is sent to the collector, if the collector asks for one. Empty: none is sent.',
    'cy-GB':
      'Enw cyffredin yr awdurdod y bydd ei dystysgrif, ar gyfer y defnyddiwr neu’r cyfrifiadur hwn, yn cael ei hanfon at y casglwr os bydd y casglwr yn gofyn am un. Gwag: ni chaiff un ei hanfon.',
  }),
  language: choiceSetting(['auto', ...languages], 'auto', {
    applies: 'next-login',
    'en-GB': 'The language shown at first; auto follows the PC. A person can always switch.',
    'cy-GB':
      'Yr iaith a ddangosir gyntaf; mae auto yn dilyn y cyfrifiadur. Gall person newid iaith bob amser.',
  }),
  contact: contactGroup,
  stateDirectory: textSetting(
    1024,
    {
      applies: 'next-login',
      'en-GB':
        'Folder for what Porthor keeps on the PC, for PCs that are wiped at log-off. %USERNAME% is replaced; without it (or the like of it, as %USERPROFILE%) each person gets a folder in it. Empty: in each person’s profile.',
      'cy-GB':
        'Ffolder i’r hyn y mae Porthor yn ei gadw ar y cyfrifiadur, ar gyfer cyfrifiaduron a gaiff eu clirio wrth allgofnodi. Caiff %USERNAME% ei ddisodli; hebddo (neu ei debyg, fel %USERPROFILE%) caiff pob person ffolder ynddo. Yn wag: ym mhroffil pob person.',
    },
    pathSchema,
  ),
  policy: policyGroup,
  audience: audienceGroup,
  gate: gateGroup,
  idle: idleGroup,
  media: mediaGroup,
  reporting: reportingGroup,
});
export type ManagedConfig = z.infer<typeof managedConfigSchema>;

/** The configuration of a PC that no administrator has configured. */
export const defaultManagedConfig: ManagedConfig = managedConfigSchema.parse({});

export interface ManagedConfigProblem {
  /** The key as an administrator writes it, for instance `audience.rules[2].audience`; `document` for the whole document. */
  readonly key: string;
  /** Plain English for a technician, without the value: it may be a secret. */
  readonly reason: string;
}

/** More would not help a technician, and a hostile document would fill the log. */
const maximumProblems = 50;

/** Parses what an administrator wrote. Never throws for what JSON can hold. */
export function parseManagedConfig(
  document: unknown,
): Result<ManagedConfig, readonly ManagedConfigProblem[]> {
  const answer = managedConfigSchema.safeParse(document);
  if (answer.success) return succeed(answer.data);
  const problems = answer.error.issues.flatMap((issue): ManagedConfigProblem[] =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({
          key: writeKey([...issue.path, key]),
          reason: 'is not a key that Porthor knows',
        }))
      : [{ key: writeKey(issue.path), reason: issue.message.slice(0, 500) }],
  );
  if (problems.length <= maximumProblems) return fail(problems);
  const more = problems.length - maximumProblems;
  return fail([
    ...problems.slice(0, maximumProblems),
    { key: 'document', reason: `has ${more} more problems` },
  ]);
}

/** A key may hold anything that a file holds: for logs and reports it is shortened, without control characters. */
function writeKey(path: readonly PropertyKey[]): string {
  let key = '';
  for (const part of path) {
    if (typeof part === 'number') key += `[${part}]`;
    else key += key === '' ? String(part) : `.${String(part)}`;
  }
  const printable = key.replaceAll(/\p{C}/gu, '?');
  if (printable === '') return 'document';
  return printable.length <= 200 ? printable : `${printable.slice(0, 199)}…`;
}

/** The same table as a JSON Schema (draft 2020-12) of a configuration file, without the rules between keys. */
export function managedConfigJsonSchema() {
  return z.toJSONSchema(managedConfigSchema, { io: 'input' });
}

export type ConfigEntry = ConfigKind & {
  /** The path from the root: one name, or a group and a name. */
  readonly path: readonly [string] | readonly [string, string];
};

/** Every key with its kind, default, limits and text, in the order of the table. */
export function configEntries(): readonly ConfigEntry[] {
  const entries: ConfigEntry[] = [];
  for (const [name, schema] of Object.entries(managedConfigSchema.shape)) {
    const kind = configKinds.get(schema);
    if (kind !== undefined) {
      entries.push({ ...kind, path: [name] });
      continue;
    }
    if (!(schema instanceof z.ZodPrefault))
      throw new Error(`managed configuration: ${name}: no kind is stated`);
    for (const [member, memberSchema] of Object.entries(schema.unwrap().shape)) {
      const memberKind = configKinds.get(memberSchema);
      if (memberKind === undefined) {
        throw new Error(`managed configuration: ${name}.${member}: no kind is stated`);
      }
      entries.push({ ...memberKind, path: [name, member] });
    }
  }
  return entries;
}
