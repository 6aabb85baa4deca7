/** Whom an agreement is for, judged by its headings and by the voice of its promises. */

type Group = { readonly name: string; readonly words: RegExp };

const groups: readonly Group[] = [
  {
    name: 'parent',
    words:
      /\b(?:parents?|carers?|guardians?|famil(?:y|ies)|rhieni|rhiant|gofalwyr|gofalwr|gwarcheidwaid|teuluoedd)\b/iu,
  },
  {
    name: 'pupil',
    words:
      /\b(?:pupils?|students?|learners?|child(?:ren)?|young people|young persons?|youths?|ks\s?[1-5]|key stages?|foundation(?: phase| stage)?|eyfs|reception|infants?|juniors?|sixth form(?:ers)?|years? (?:\d|group)|primary|secondary|disgybl(?:ion)?|dysgwyr|dysgwr|plant|plentyn|myfyrwyr|cyfnod (?:allweddol|sylfaen)|babanod|cyfnod cynradd|chweched)\b/iu,
  },
  {
    name: 'governor',
    words: /\b(?:governors?|trustees?|governing body|llywodraethwyr|llywodraethwr|ymddiriedolwyr)\b/iu,
  },
  { name: 'volunteer', words: /\b(?:volunteers?|helpers?|gwirfoddolwyr|gwirfoddolwr)\b/iu },
  {
    name: 'visitor',
    words:
      /\b(?:visitors?|guests?|contractors?|suppliers?|agency|peripatetic|ymwelwyr|ymwelydd|contractwyr|gwesteion)\b/iu,
  },
  { name: 'community', words: /\b(?:community(?: users?)?|hirers?|public|y gymuned)\b/iu },
  { name: 'supply', words: /\b(?:supply|cyflenwi|llanw)\b/iu },
  {
    name: 'staff',
    words:
      /\b(?:staff|employees?|teachers?|teaching assistants?|workforce|employer|workers?|personnel|colleagues|professionals?|athrawon|athro|gweithwyr|gweithiwr|cyflogeion)\b/iu,
  },
];
const adults = /\b(?:(?:other |all )?adults?|oedolion|oedolyn)\b/iu;
const everybody =
  /\b(?:all users|everyone|everybody|whole school|every user|pawb|pob defnyddiwr|defnyddwyr)\b/iu;

/** Words that name a group without addressing it: "pupil data", "their children", "a class teacher of pupils". */
const onlyMentioned =
  /\b(?:(?:pupil|student|child|learner|staff|parent)(?:s['’]|['’]s)? (?:data|information|records?|work|accounts?|images?|photos?|photographs?|safety|voice|council)|(?:their|your|my|our|his|her) (?:child(?:ren)?|sons?|daughters?)|child protection|(?:primary|secondary|infant|junior|community|foundation) (?:school|academy)|ysgol (?:gynradd|uwchradd|gymunedol|fabanod)|(?:parent|staff|pupil|student) handbook)\b/giu;

/** The groups that a heading names; empty if it names none. */
export function groupsNamed(heading: string): ReadonlySet<string> {
  const words = heading.replaceAll(onlyMentioned, ' ').replaceAll(/[-_]/gu, ' ');
  const named = new Set(groups.filter(({ words: pattern }) => pattern.test(words)).map(({ name }) => name));
  if (adults.test(words)) {
    for (const { name } of groups) if (name !== 'pupil') named.add(name);
  }
  if (everybody.test(words)) for (const { name } of groups) named.add(name);
  return named;
}

/** The groups for which a pack of this audience may ask; the word itself if it is no known group. */
export function groupsOfAudience(audience: string): ReadonlySet<string> {
  const named = groupsNamed(audience);
  if (named.size === 0) return new Set([audience]);
  // "supply-teacher" is supply staff.
  if (named.has('supply'))
    return new Set(
      ['supply', 'staff', 'visitor'].filter(
        (name) => name === 'supply' || named.has(name) || name === 'staff',
      ),
    );
  return named;
}

const spokenBy: readonly (readonly [string, RegExp])[] = [
  [
    'parent',
    /\bmy (?:child(?:ren)?(?! protection)|student\b|sons?|daughters?|son\/daughter|son or daughter|child['’]s)\b|\bour child(?:ren)?\b|\b(?:fy|ein) (?:mhlentyn|mhlant|plentyn|plant|mab|merch)\b/iu,
  ],
  [
    'pupil',
    /\bmy (?:class |form )?(?:teachers?|parents?|carers?|mum|dad|tutor|homework|school ?work|class(?:mates)?|family)\b|\b(?:tell|ask|show) (?:a|an|my|our|the|another)?\s?(?:trusted )?(?:teacher|adult|grown[- ]?up)\b|\b(?:people|person|messages?|websites?) (?:that )?(?:an adult|my teacher|our teacher) (?:has|have)\b|\banother (?:pupil|child|student)['’]s\b|\bother (?:pupils|children|learners)\b|\b(?:fy|dweud wrth|gofyn i) (?:athro|athrawes|athrawon|rhieni|oedolyn|riant)\b/iu,
  ],
  [
    'staff',
    /\bmy (?:professional|line manager|duties|employment|teaching|role as|contract)\b|\b(?:pupils|students|children|learners) in my (?:care|class)\b|\bin my professional\b|\bwith (?:pupils|students|learners|parents)\b|\bsafeguarding\b|\bdisciplinary\b|\bfy (?:nghyflogaeth|rôl broffesiynol|rheolwr llinell)\b/iu,
  ],
];

/** Who speaks, judged by what they call their own; undefined if any group could make the promises. */
export function speakerOf(promises: readonly string[]): string | undefined {
  const counts = spokenBy
    .map(([name, pattern]) => [name, promises.filter((promise) => pattern.test(promise)).length] as const)
    .filter(([, count]) => count > 0)
    .sort((left, right) => right[1] - left[1]);
  const [first, second] = counts;
  if (first === undefined) return undefined;
  // One mention of a teacher among many promises by staff means nothing.
  return second !== undefined && second[1] * 2 > first[1] ? undefined : first[0];
}
