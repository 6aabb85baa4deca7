/** Puts a device on the register: one that a PC has seen, or one by its numbers. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { SeenDevice } from '../../../shared/console/media.ts';
import { tell } from '../api/client.ts';
import { DateField } from '../components/date-field.tsx';
import { RefusalNotice } from '../components/refusal-notice.tsx';
import { TextField } from '../components/text-field.tsx';
import { useWords } from '../words/words-context.tsx';
import { mediaSentences } from './media-words.ts';

const hexDigits = '[0-9a-fA-F]{4}';

export function IssueForm({ device }: { readonly device: SeenDevice | undefined }) {
  const words = useWords();
  const { text } = words;
  const queries = useQueryClient();
  const [form, setForm] = useState({
    vendorId: device?.vendorId ?? '',
    productId: device?.productId ?? '',
    // A number that is not its own would be refused.
    serial: device?.serialQuality === 'good' ? device.serial : '',
    label: device?.name ?? '',
    issuedTo: '',
    until: '',
  });
  const set = (name: keyof typeof form) => (value: string) =>
    setForm((before) => ({ ...before, [name]: value }));
  const issue = useMutation({
    mutationFn: () =>
      tell('POST', '/api/media/register', {
        ...form,
        vendorId: form.vendorId.toLowerCase(),
        productId: form.productId.toLowerCase(),
        until: form.until === '' ? null : form.until,
      }),
    onSuccess: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ['/api/media/register'] }),
        queries.invalidateQueries({ queryKey: ['media-seen'] }),
      ]),
  });
  const id = {
    maxLength: 4,
    pattern: hexDigits,
    required: true,
    autoComplete: 'off',
    spellCheck: false,
  } as const;
  return (
    <form
      className="panel"
      onSubmit={(event) => {
        event.preventDefault();
        if (!issue.isPending) issue.mutate();
      }}
    >
      <h2>{text('console-media.issue')}</h2>
      <RefusalNotice error={issue.error} sentences={mediaSentences(issue.error, words)} />
      <TextField
        {...id}
        label={text('console-media.vendor')}
        hint={text('console-media.id.hint')}
        value={form.vendorId}
        onChange={set('vendorId')}
      />
      <TextField
        {...id}
        label={text('console-media.product')}
        hint={text('console-media.id.hint')}
        value={form.productId}
        onChange={set('productId')}
      />
      <TextField
        label={text('console-media.serial')}
        hint={text('console-media.serial.hint')}
        value={form.serial}
        onChange={set('serial')}
        maxLength={256}
        autoComplete="off"
        spellCheck={false}
      />
      <TextField
        label={text('console-media.label')}
        value={form.label}
        onChange={set('label')}
        maxLength={256}
        autoComplete="off"
        required
      />
      <TextField
        label={text('console-media.issuedTo')}
        hint={text('console-media.issuedTo.hint')}
        value={form.issuedTo}
        onChange={set('issuedTo')}
        maxLength={200}
        autoComplete="off"
      />
      <DateField label={text('console-media.until')} value={form.until} onChange={set('until')} />
      <div className="buttons">
        <button type="submit" className="button button-primary" aria-disabled={issue.isPending}>
          {text('console-media.issue')}
        </button>
      </div>
      <p className="quiet" role="status">
        {issue.isSuccess ? text('console-media.issued') : ''}
      </p>
    </form>
  );
}
