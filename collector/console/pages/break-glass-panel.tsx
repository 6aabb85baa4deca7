/** Makes a code that opens a stuck gate. PCs know its hash alone, so a code in use can never be shown again. */
import { useMutation } from '@tanstack/react-query';
import { breakGlassSchema } from '../../../shared/console/enrolment.ts';
import { exchange } from '../api/client.ts';
import { CopyLine } from '../components/copy-line.tsx';
import { RefusalNotice } from '../components/refusal-notice.tsx';
import { useWords } from '../words/words-context.tsx';

export function BreakGlassPanel() {
  const { text } = useWords();
  const make = useMutation({
    mutationFn: () => exchange(breakGlassSchema, '/api/enrolment/break-glass-codes', {}),
  });
  return (
    <section className="reading">
      <h2>{text('console-enrolment.glass')}</h2>
      <p>{text('console-enrolment.glass.what')}</p>
      <p>{text('console-enrolment.glass.how')}</p>
      <RefusalNotice error={make.error} />
      {make.data === undefined ? null : (
        <section className="issued" role="status">
          <CopyLine label={text('console-enrolment.glass.code')} value={make.data.code} />
          <CopyLine label={text('console-enrolment.glass.hash')} value={make.data.sha256} />
          <p>{text('console-enrolment.glass.keep')}</p>
        </section>
      )}
      <div className="buttons">
        <button
          type="button"
          className="button"
          aria-disabled={make.isPending}
          onClick={() => {
            if (!make.isPending) make.mutate();
          }}
        >
          {text('console-enrolment.glass.make')}
        </button>
      </div>
    </section>
  );
}
