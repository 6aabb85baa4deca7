/** The same words give the same statements, whatever the format is and whatever else the document holds. */
import { describe, expect, test } from 'vitest';
import type { Language } from '../../../../../shared/lib/language.ts';
import { type Sketch, sketchWriters } from '../../../../fixtures/documents/sketch.ts';
import { importDraft, textsOf } from './support.ts';

type Case = {
  readonly name: string;
  readonly audience: string;
  readonly language?: Language;
  readonly sketch: Sketch;
  readonly statements: readonly string[];
};

const cases: readonly Case[] = [
  {
    name: 'stems that allow and forbid',
    audience: 'staff',
    sketch: [
      '# Using computers at Ysgol y Bryn',
      'This policy was agreed by the governors, and it is read again each spring.',
      '## Staff agreement',
      'As a member of staff I will:',
      '- lock the screen when I leave it',
      '- report a lost device on the same day',
      'I must never:',
      '- send pupils’ work to my own email',
      '- let a pupil use my account',
      'Name: ____________',
      'Signature: ____________',
    ],
    statements: [
      'As a member of staff I will lock the screen when I leave it.',
      'As a member of staff I will report a lost device on the same day.',
      'I must never send pupils’ work to my own email.',
      'I must never let a pupil use my account.',
    ],
  },
  {
    name: 'promises in pupils’ own words',
    audience: 'pupil',
    sketch: [
      '# My tablet promise',
      'Year 2 chose these words in the first week of term.',
      '- I’ll carry my tablet with both hands.',
      '- If a message upsets me, I’ll show it to a grown-up.',
      '- My password is mine alone, and I won’t tell it to a friend.',
      '- I don’t eat next to my tablet.',
      '- When a game asks for my name, I ask my teacher.',
      'Signed: ____________',
    ],
    statements: [
      'I’ll carry my tablet with both hands.',
      'If a message upsets me, I’ll show it to a grown-up.',
      'My password is mine alone, and I won’t tell it to a friend.',
      'I don’t eat next to my tablet.',
      'When a game asks for my name, I ask my teacher.',
    ],
  },
  {
    name: 'a declaration by parents',
    audience: 'parent',
    sketch: [
      '# Photographs and recordings',
      'The school makes recordings of concerts, and it shows them in the hall.',
      '## Consent of parents and carers',
      'I give permission for my daughter or son to be recorded at concerts.',
      'I agree that I will not put recordings of other children online.',
      'Signature of parent: ____________',
    ],
    statements: [
      'I give permission for my daughter or son to be recorded at concerts.',
      'I agree that I will not put recordings of other children online.',
    ],
  },
  {
    name: 'rules for a group in the third person',
    audience: 'governor',
    sketch: [
      '# Code of conduct for governors',
      'Governors see papers about pupils and staff, and these papers are not for others.',
      'Governors must:',
      '- read papers only on a device with a lock',
      '- delete them when their term ends',
      'Governors must not:',
      '- print a paper about a pupil at work',
    ],
    statements: [
      'Governors must read papers only on a device with a lock.',
      'Governors must delete them when their term ends.',
      'Governors must not print a paper about a pupil at work.',
    ],
  },
  {
    name: 'one declaration',
    audience: 'visitor',
    sketch: [
      '# Wireless network for visitors',
      'The network is there for your visit, and it ends when you leave the site.',
      '- Ask at the desk for the key.',
      '- Switch off programs that load large files.',
      '## Declaration',
      'I have read the rules for visitors and agree to keep to them while I am on the site.',
      'Name: ____________',
      'Organisation: ____________',
      'Date: ____________',
    ],
    statements: ['I have read the rules for visitors and agree to keep to them while I am on the site.'],
  },
  {
    name: 'a class that says “we”',
    audience: 'pupil',
    sketch: [
      '# Pupil agreement of Year 4',
      'Our class wrote these rules together in September.',
      '- We take turns at the computers.',
      '- We tell an adult when something looks wrong.',
      '- We never laugh at what somebody wrote.',
    ],
    statements: [
      'We take turns at the computers.',
      'We tell an adult when something looks wrong.',
      'We never laugh at what somebody wrote.',
    ],
  },
  {
    name: 'Welsh stems for pupils',
    audience: 'pupil',
    language: 'cy-GB',
    sketch: [
      '# Defnyddio cyfrifiaduron yn yr ysgol',
      'Cytunodd y llywodraethwyr ar y polisi hwn, ac mae’n cael ei ddarllen bob gwanwyn.',
      '## Cytundeb disgyblion',
      'Fel disgybl, byddaf yn:',
      '- cadw fy nghyfrinair yn gyfrinach',
      '- dweud wrth athro os gwelaf rywbeth cas',
      'Ni fyddaf yn:',
      '- agor ffeiliau pobl eraill',
      'Llofnod: ____________',
    ],
    statements: [
      'Fel disgybl, byddaf yn cadw fy nghyfrinair yn gyfrinach.',
      'Fel disgybl, byddaf yn dweud wrth athro os gwelaf rywbeth cas.',
      'Ni fyddaf yn agor ffeiliau pobl eraill.',
    ],
  },
  {
    name: 'Welsh promises by volunteers',
    audience: 'volunteer',
    language: 'cy-GB',
    sketch: [
      '# Cytundeb gwirfoddolwyr',
      'Mae gwirfoddolwyr yn helpu gyda’r clwb codio bob dydd Mawrth.',
      '- Rwy’n deall bod yr ysgol yn cofnodi’r hyn rwy’n ei wneud.',
      '- Byddaf yn dod â’r gliniadur yn ôl ar ddiwedd y clwb.',
      '- Wna i ddim tynnu lluniau o ddisgyblion ar fy ffôn.',
      '- Os collaf y gliniadur, byddaf yn dweud wrth y swyddfa ar unwaith.',
      'Enw: ____________',
    ],
    statements: [
      'Rwy’n deall bod yr ysgol yn cofnodi’r hyn rwy’n ei wneud.',
      'Byddaf yn dod â’r gliniadur yn ôl ar ddiwedd y clwb.',
      'Wna i ddim tynnu lluniau o ddisgyblion ar fy ffôn.',
      'Os collaf y gliniadur, byddaf yn dweud wrth y swyddfa ar unwaith.',
    ],
  },
];

/** What may be added without a change to the statements. */
const additions: readonly (readonly [string, (sketch: Sketch, audience: string) => Sketch])[] = [
  [
    'a foreword in the first person',
    ([title = '', ...rest]) => [
      title,
      '## Foreword by the head teacher',
      'I am glad that we have this policy. I know how much time it took, and I thank all who wrote it.',
      '## About this paper',
      ...rest,
    ],
  ],
  [
    'questions and answers',
    (sketch) => [
      ...sketch,
      '## Questions and answers',
      'What do I do when I forget my password? I ask at the office, and they give me a new one.',
    ],
  ],
  [
    'the agreement of somebody else',
    (sketch, audience) => [
      ...sketch,
      // Contractors are visitors, and their agreement would fit them.
      audience === 'visitor' ? '## Agreement for parents' : '## Agreement for contractors and suppliers',
      '- I will leave cables as I found them.',
      '- I will hand in my badge.',
      'Signature: ____________',
    ],
  ],
];

describe.each(cases)('$name', ({ audience, language = 'en-GB', sketch, statements }) => {
  test.each(sketchWriters)('%s', async (name, write) => {
    const draft = await importDraft(name, await write(sketch), { audience, language });
    expect(textsOf(draft)).toEqual(statements);
    expect(draft.account.missing).toEqual([]);
  });

  test.each(additions)('with %s', async (_name, add) => {
    for (const [name, write] of sketchWriters) {
      const draft = await importDraft(name, await write(add(sketch, audience)), { audience, language });
      expect({ name, statements: textsOf(draft) }).toEqual({ name, statements });
    }
  });
});
