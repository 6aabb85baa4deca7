/** What works on this computer: checked on request, shown item by item, and saved for support. */
import { useEffect, useRef, useState } from 'react';
import { formatMoment } from '../../shared/i18n/format-date.ts';
import { createSelfCheckWords } from '../../shared/i18n/self-check-words.ts';
import type { PlainKey } from '../../shared/i18n/strings.ts';
import type { CheckState } from '../../shared/ipc/problem.ts';
import { describeVolume, itemWords } from '../../shared/self-check/item-words.ts';
import type { SelfCheckItemName, SelfCheckReport } from '../../shared/self-check/report.ts';
import { type Saved, SavedWhere } from '../components/saved-where.tsx';
import { useTranslator } from '../i18n/translator-context.tsx';
import { CheckedItem } from './checked-item.tsx';
import { severity } from './outcome-marks.ts';

export interface CheckActions {
  readonly onCheck: (mayLock: boolean) => void;
  readonly onSave: () => Promise<{
    readonly outcome: 'saved' | 'cancelled' | 'failed';
    readonly path: string;
  }>;
  readonly onShowSaved: () => void;
}

const results: Readonly<Record<SelfCheckReport['result'], PlainKey>> = {
  ok: 'problem.check.result.ok',
  degraded: 'problem.check.result.degraded',
  failed: 'problem.check.result.failed',
};

const itemCount = Object.keys(itemWords).length;

export function CheckSection({ check, onCheck, ...saving }: CheckActions & { readonly check: CheckState }) {
  const { text, language } = useTranslator();
  const [mayLock, setMayLock] = useState(false);
  const isRunning = check.state === 'running';
  const outcome = useOutcomeInSight(check.state);
  return (
    <section aria-labelledby="check-heading">
      <h2 id="check-heading">{text('problem.check.heading')}</h2>
      <p>{text('problem.check.intro')}</p>
      <div className="answer">
        <label className="check-row">
          <input type="checkbox" checked={mayLock} onChange={(event) => setMayLock(event.target.checked)} />
          <span>{text('problem.check.mayLock')}</span>
        </label>
      </div>
      <p className="actions">
        <button
          type="button"
          className="button"
          aria-disabled={isRunning}
          onClick={() => {
            if (!isRunning) onCheck(mayLock);
          }}
        >
          {text(check.state === 'not-begun' ? 'problem.check.start' : 'problem.check.again')}
        </button>
      </p>
      {/* Always in the document: screen readers announce only changes inside a live region that exists already. */}
      <div ref={outcome} role="status" className="check-said">
        {isRunning ? <p>{text('problem.check.running')}</p> : null}
        {check.state === 'broken' ? <p className="message">{text('problem.check.broken')}</p> : null}
        {check.state === 'done' ? (
          <p className="check-result">
            <strong>{text(results[check.report.result])}</strong>{' '}
            <span className="quiet">
              {text('problem.check.when', { when: formatMoment(check.report.checkedAt, language) })}
            </span>
          </p>
        ) : null}
      </div>
      {isRunning ? <Waiting names={check.waitingFor} /> : null}
      {check.state === 'done' ? <Report report={check.report} {...saving} /> : null}
    </section>
  );
}

/** Scrolls to the outcome when a check ends. The user may have scrolled on while it ran. */
function useOutcomeInSight(state: CheckState['state']) {
  const outcome = useRef<HTMLDivElement>(null);
  const wasRunning = useRef(false);
  useEffect(() => {
    if (wasRunning.current && state !== 'running') outcome.current?.scrollIntoView({ block: 'nearest' });
    wasRunning.current = state === 'running';
  }, [state]);
  return outcome;
}

/** Progress and the current part, so that the user sees a part that does not answer before its deadline passes. */
function Waiting({ names }: { readonly names: readonly SelfCheckItemName[] }) {
  const { text, language } = useTranslator();
  const words = createSelfCheckWords(language);
  const answered = itemCount - names.length;
  return (
    <div className="check-waiting">
      <progress aria-label={text('problem.check.progress')} max={itemCount} value={answered} />
      <p className="quiet">
        {text('problem.check.answered', { answered: String(answered), all: String(itemCount) })}
        {names.length === 0 ? null : (
          <>
            {' '}
            {text('problem.check.waiting', { names: names.map((name) => words(itemWords[name])).join('; ') })}
          </>
        )}
      </p>
    </div>
  );
}

interface ReportProps extends Pick<CheckActions, 'onSave' | 'onShowSaved'> {
  readonly report: SelfCheckReport;
}

function Report({ report, ...saving }: ReportProps) {
  const { language } = useTranslator();
  const words = createSelfCheckWords(language);
  const items = report.items.toSorted((one, other) => severity(one.outcome) - severity(other.outcome));
  return (
    <>
      <ul className="checked">
        {items.map((item) => (
          <CheckedItem key={item.name} item={item} />
        ))}
      </ul>
      {report.volumes.length === 0 ? null : (
        <>
          <h3>{words('self-check.volumes')}</h3>
          <ul lang="en-GB" className="checked-volumes quiet">
            {[...countVolumes(report)].map(([volume, count]) => (
              <li key={volume}>{count === 1 ? volume : `${count} × ${volume}`}</li>
            ))}
          </ul>
        </>
      )}
      <SaveReport {...saving} />
    </>
  );
}

/** How many volumes share each description. Without label and drive letter many read the same. */
function countVolumes({ volumes }: SelfCheckReport): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const volume of volumes) {
    const description = describeVolume(volume);
    counts.set(description, (counts.get(description) ?? 0) + 1);
  }
  return counts;
}

function SaveReport({ onSave, onShowSaved }: Pick<ReportProps, 'onSave' | 'onShowSaved'>) {
  const { text } = useTranslator();
  const [isSaving, setSaving] = useState(false);
  const [saved, setSaved] = useState<Saved>();
  const save = () => {
    if (isSaving) return;
    setSaving(true);
    onSave()
      .then(
        ({ outcome, path }) => setSaved(outcome === 'cancelled' ? undefined : { outcome, path }),
        () => setSaved({ outcome: 'failed', path: '' }),
      )
      .finally(() => setSaving(false));
  };
  return (
    <>
      <h3>{text('problem.save.heading')}</h3>
      <p>{text('problem.save.intro')}</p>
      <p className="actions">
        <button type="button" className="button" aria-disabled={isSaving} onClick={save}>
          {text('problem.save.button')}
        </button>
      </p>
      <SavedWhere
        saved={saved}
        words={{ saved: text('problem.save.saved'), failed: text('problem.save.failed') }}
        onShow={onShowSaved}
      />
    </>
  );
}
