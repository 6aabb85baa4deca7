/** Every word of the console's page, in both languages. */
import type { Language } from '../../shared/lib/language.ts';

export interface Words {
  /** Heading and browser title of the list. */
  readonly title: string;
  /** Under the heading; says what the list holds and in which order. */
  readonly intro: string;
  /** Caption of the table; names the time zone of the times in it. */
  readonly caption: string;
  readonly when: string;
  readonly who: string;
  readonly account: string;
  readonly answer: string;
  readonly policy: string;
  /** Column: the language in which the policy was shown. */
  readonly language: string;
  readonly pc: string;
  readonly accepted: string;
  readonly declined: string;
  readonly helpRequested: string;
  /** Under the answer: the PC reported it without a signature. */
  readonly unsigned: string;
  /** Under the answer: the signature does not match the answer, or the chain holds no record of it. */
  readonly badSignature: string;
  /** Under an answer after which the user is still asked: for another account, forked, or of an unpublished text. */
  readonly doesNotCount: string;
  readonly english: string;
  readonly welsh: string;
  /** In front of a version number, in the policy column. */
  readonly version: string;
  /** Heading when nothing has arrived yet. */
  readonly emptyTitle: string;
  /** Steps that lead to the first acknowledgement. */
  readonly emptySteps: readonly string[];
  /** Link to the acknowledgements before those on the page. */
  readonly older: string;
  readonly newest: string;
  /** Link that reloads the list, for browsers without JavaScript. */
  readonly refresh: string;
  /** Status line while the page receives new rows by itself. */
  readonly live: string;
  /** Status line while it does not; the browser tries again by itself. */
  readonly interrupted: string;
  /** Read out when a row arrives; `{who}` is a name, `{answer}` one of the three answers. */
  readonly arrived: string;
  readonly skip: string;
  /** Name of the language switch. */
  readonly languageSwitch: string;
  readonly signInTitle: string;
  readonly signInText: string;
  /** Follows the command that prints an address. */
  readonly signInNote: string;
  readonly codeRefusedTitle: string;
  readonly codeRefusedText: string;
  /** Heading, browser title and link of the list of PCs. */
  readonly pcsTitle: string;
  readonly pcsIntro: string;
  readonly pcsCaption: string;
  /** Column: seconds from the logon until the gate was ready. */
  readonly secondsToGate: string;
  /** In that column, where no time was reported. */
  readonly notMeasured: string;
  readonly lastSeen: string;
  readonly agentVersion: string;
  readonly noPcs: string;
}

export const wordsByLanguage: Readonly<Record<Language, Words>> = {
  'en-GB': {
    title: 'Policy acknowledgements',
    intro: 'What people answered when their policy was shown, newest first.',
    caption: 'Acknowledgements. Times are UK time.',
    when: 'When',
    who: 'Who',
    account: 'Account (claimed)',
    answer: 'Answer',
    policy: 'Policy',
    language: 'Shown in',
    pc: 'PC',
    accepted: 'Accepted',
    declined: 'Did not accept',
    helpRequested: 'Asked for help',
    unsigned: 'Not signed by the PC',
    badSignature: 'Signature does not match',
    doesNotCount: 'Does not count: the PC will ask again',
    english: 'English',
    welsh: 'Welsh',
    version: 'version',
    emptyTitle: 'No acknowledgements yet',
    emptySteps: [
      'Create an enrolment token: npm run collector -- token create --data FOLDER',
      'Put the token and this collector’s address in the PCs’ configuration.',
      'Sign in on one of those PCs and answer the policy. The answer then appears here.',
    ],
    older: 'Older acknowledgements',
    newest: 'Newest acknowledgements',
    refresh: 'Load the list again',
    live: 'Connected: new answers appear by themselves.',
    interrupted: 'Not connected: trying again. You can load the list again yourself.',
    arrived: 'New answer: {who}, {answer}',
    skip: 'Skip to the list',
    languageSwitch: 'Language',
    signInTitle: 'Sign in',
    signInText:
      'This list holds names, so only technicians see it. To get in, run this on the collector’s computer:',
    signInNote: 'It prints an address that works once, within 10 minutes. Open it in this browser.',
    codeRefusedTitle: 'This address no longer works',
    codeRefusedText:
      'It was used already, or is older than 10 minutes. For a new one, run this on the collector’s computer:',
    pcsTitle: 'PCs',
    pcsIntro:
      'How long each PC’s desktop could be used before Porthor was ready, at the last login. The slowest come first.',
    pcsCaption: 'The PCs that reported last. Times are UK time.',
    secondsToGate: 'Seconds from login to the policy screen',
    notMeasured: 'Not measured',
    lastSeen: 'Last seen',
    agentVersion: 'Porthor',
    noPcs: 'No PC has enrolled yet.',
  },
  'cy-GB': {
    title: 'Cydnabyddiaethau polisi',
    intro: 'Beth atebodd pobl pan ddangoswyd eu polisi iddynt, y diweddaraf yn gyntaf.',
    caption: 'Cydnabyddiaethau. Amser y Deyrnas Unedig a ddangosir.',
    when: 'Pryd',
    who: 'Pwy',
    account: 'Cyfrif (honnir)',
    answer: 'Ateb',
    policy: 'Polisi',
    language: 'Dangoswyd yn',
    pc: 'Cyfrifiadur',
    accepted: 'Wedi derbyn',
    declined: 'Heb dderbyn',
    helpRequested: 'Wedi gofyn am help',
    unsigned: 'Heb ei lofnodi gan y cyfrifiadur',
    badSignature: 'Nid yw’r llofnod yn cyfateb',
    doesNotCount: 'Nid yw’n cyfrif: bydd y cyfrifiadur yn gofyn eto',
    english: 'Saesneg',
    welsh: 'Cymraeg',
    version: 'fersiwn',
    emptyTitle: 'Dim cydnabyddiaethau eto',
    emptySteps: [
      'Crëwch docyn cofrestru: npm run collector -- token create --data FFOLDER',
      'Rhowch y tocyn a chyfeiriad y casglwr hwn yng nghyfluniad y cyfrifiaduron.',
      'Mewngofnodwch ar un o’r cyfrifiaduron hynny ac atebwch y polisi. Bydd yr ateb wedyn yn ymddangos yma.',
    ],
    older: 'Cydnabyddiaethau hŷn',
    newest: 'Y cydnabyddiaethau diweddaraf',
    refresh: 'Llwytho’r rhestr eto',
    live: 'Wedi cysylltu: mae atebion newydd yn ymddangos ohonynt eu hunain.',
    interrupted: 'Heb gysylltiad: yn ceisio eto. Gallwch lwytho’r rhestr eto eich hun.',
    arrived: 'Ateb newydd: {who}, {answer}',
    skip: 'Neidio i’r rhestr',
    languageSwitch: 'Iaith',
    signInTitle: 'Mewngofnodi',
    signInText:
      'Mae enwau yn y rhestr hon, felly dim ond technegwyr sy’n ei gweld. I gael mynediad, rhedwch hwn ar gyfrifiadur y casglwr:',
    signInNote: 'Mae’n argraffu cyfeiriad sy’n gweithio unwaith, o fewn 10 munud. Agorwch ef yn y porwr hwn.',
    codeRefusedTitle: 'Nid yw’r cyfeiriad hwn yn gweithio mwyach',
    codeRefusedText:
      'Mae wedi’i ddefnyddio eisoes, neu mae’n hŷn na 10 munud. I gael un newydd, rhedwch hwn ar gyfrifiadur y casglwr:',
    pcsTitle: 'Cyfrifiaduron',
    pcsIntro:
      'Am faint y gellid defnyddio bwrdd gwaith pob cyfrifiadur cyn bod Porthor yn barod, wrth fewngofnodi ddiwethaf. Yr arafaf sydd gyntaf.',
    pcsCaption: 'Y cyfrifiaduron a adroddodd ddiwethaf. Amser y Deyrnas Unedig a ddangosir.',
    secondsToGate: 'Eiliadau o fewngofnodi i sgrin y polisi',
    notMeasured: 'Heb ei fesur',
    lastSeen: 'Gwelwyd ddiwethaf',
    agentVersion: 'Porthor',
    noPcs: 'Nid oes cyfrifiadur wedi cofrestru eto.',
  },
};
