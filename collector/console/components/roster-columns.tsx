/** What each column of the file holds, and which audience its people belong to. */
import {
  type RosterField,
  type RosterFile,
  type RosterPreview,
  rosterFieldSchema,
} from '../../../shared/console/people.ts';
import { useWords } from '../words/words-context.tsx';
import { ChoiceField } from './choice-field.tsx';

interface Props {
  readonly file: RosterFile;
  readonly preview: RosterPreview;
  onChange(file: RosterFile): void;
}

const names = {
  externalId: 'console-people.field.externalId',
  fullName: 'console-people.field.fullName',
  givenName: 'console-people.field.givenName',
  familyName: 'console-people.field.familyName',
  audience: 'console-people.field.audience',
  jobRole: 'console-people.field.jobRole',
  email: 'console-people.field.email',
  login: 'console-people.field.login',
  sid: 'console-people.field.sid',
  status: 'console-people.field.status',
  enabled: 'console-people.field.enabled',
} as const satisfies Readonly<Record<RosterField, string>>;

const longestSample = 40;

function describeColumn({ name, samples }: RosterPreview['columns'][number]): string {
  const [sample = ''] = samples;
  const short = sample.length > longestSample ? `${sample.slice(0, longestSample)}…` : sample;
  return short === '' ? name : `${name} (${short})`;
}

function change(mapping: RosterPreview['mapping'], field: RosterField, value: string) {
  return Object.fromEntries([
    ...Object.entries(mapping).filter(([other]) => other !== field),
    ...(value === '' ? [] : [[field, Number(value)]]),
  ]) as RosterPreview['mapping'];
}

export function RosterColumns({ file, preview, onChange }: Props) {
  const { text } = useWords();
  const { mapping, audiences } = preview;
  const none = { value: '', label: text('console-people.noColumn') };
  const columns = preview.columns.map((column, index) => ({
    value: String(index),
    label: describeColumn(column),
  }));
  const audienceChoices = [
    { value: '', label: text('console-people.choose') },
    ...audiences.map((value) => ({ value, label: value })),
  ];
  return (
    <section>
      <h2>{text('console-people.columns')}</h2>
      <p className="quiet hint">{text('console-people.columns.hint')}</p>
      <div className="filter">
        {rosterFieldSchema.options.map((field) => (
          <ChoiceField
            key={field}
            label={text(names[field])}
            value={String(mapping[field] ?? '')}
            choices={[none, ...columns]}
            onChange={(value) => onChange({ ...file, mapping: change(mapping, field, value) })}
          />
        ))}
        <ChoiceField
          label={text('console-people.audienceOfAll')}
          value={file.audience ?? ''}
          choices={audienceChoices}
          onChange={(audience) => onChange({ ...file, mapping, audience })}
        />
        {preview.audienceValues.map(({ value, audience }) => (
          <ChoiceField
            key={value}
            label={text('console-people.audienceOfValue', { value })}
            value={audience}
            choices={audienceChoices}
            onChange={(chosen) =>
              onChange({ ...file, mapping, audienceOf: { ...file.audienceOf, [value]: chosen } })
            }
          />
        ))}
      </div>
    </section>
  );
}
