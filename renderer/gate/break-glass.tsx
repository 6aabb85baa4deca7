/** The technician's way in, for when the gate is stuck. */
import { useState } from 'react';
import type { OutputOf } from '../../shared/ipc/contract.ts';
import type { GateContract } from '../../shared/ipc/gate.ts';
import { StatusLine } from '../components/status-line.tsx';
import { useTranslator } from '../i18n/translator-context.tsx';
import type { GateModel } from './gate-model.ts';

type Answer =
  | { readonly outcome: 'not-tried' | 'empty' | 'checking' | 'failed' }
  | OutputOf<GateContract, 'breakGlass'>;

const plainWords = {
  empty: 'gate.breakGlass.empty',
  checking: 'gate.breakGlass.checking',
  failed: 'gate.breakGlass.failed',
  opened: 'gate.breakGlass.opened',
  'wrong-code': 'gate.breakGlass.wrong',
  'not-available': 'gate.breakGlass.notAvailable',
} as const;

export function BreakGlass({ model }: { readonly model: GateModel }) {
  const { text, counted } = useTranslator();
  const [code, setCode] = useState('');
  const [answer, setAnswer] = useState<Answer>({ outcome: 'not-tried' });

  const words = (): string => {
    if (answer.outcome === 'not-tried') return '';
    if (answer.outcome === 'wait') return counted('gate.breakGlass.wait', answer.waitSeconds);
    return text(plainWords[answer.outcome]);
  };

  const tryCode = (): void => {
    if (answer.outcome === 'checking') return;
    if (code === '') {
      setAnswer({ outcome: 'empty' });
      return;
    }
    setAnswer({ outcome: 'checking' });
    model.calls.breakGlass({ code }).then(setAnswer, () => setAnswer({ outcome: 'failed' }));
  };

  return (
    <details className="break-glass">
      <summary>{text('gate.breakGlass.heading')}</summary>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          tryCode();
        }}
      >
        <label className="field-label" htmlFor="break-glass-code">
          {text('gate.breakGlass.label')}
        </label>
        <input
          id="break-glass-code"
          className="field"
          type="password"
          autoComplete="off"
          maxLength={200}
          value={code}
          aria-describedby="break-glass-answer"
          onChange={(event) => setCode(event.target.value)}
        />
        <StatusLine id="break-glass-answer" className="message">
          {words()}
        </StatusLine>
        <button type="submit" className="button" aria-disabled={answer.outcome === 'checking'}>
          {text('gate.breakGlass.open')}
        </button>
      </form>
    </details>
  );
}
