/**
 * An app for the agent's own runtime: loads the files that `files.json` beside it names, as the agent does, writes V8's code
 * beside each file that was loaded, and ends. As a plain Node the runtime has other flags, and its code would be refused.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { app } from 'electron';
import { cacheOf, createCachedLoader } from '../../electron/app/code-cache.ts';
import type { PageSize } from '../../shared/ipc/contract.ts';
import type { GateState } from '../../shared/ipc/gate.ts';

const bilingual = (text: string) => ({ 'en-GB': text, 'cy-GB': text });

/** V8 keeps the code of what has run, so a screen is drawn once, with everything that a policy's text may hold. */
const sample: GateState = {
  siteName: 'School',
  contact: { name: 'Name', phone: '1', email: 'name@school.example', place: 'Place' },
  language: 'en-GB',
  person: 'Name',
  suggestedFullName: 'Name',
  demonstration: false,
  breakGlassAvailable: false,
  onDecline: 'sign-out',
  declineCountdownSeconds: 60,
  isOverWork: false,
  screen: {
    name: 'policy',
    policy: {
      policyId: 'sample',
      policyVersion: '1',
      title: bilingual('Policy'),
      effectiveFrom: '2026-09-01',
      texts: bilingual(
        '# One\n\nText, **bold**, *slanted*.\n\n## Two\n\n- a\n- b\n\n1. c\n\n## Three\n\nEnd.',
      ),
      textSha256: bilingual(''),
      statements: [{ id: 'read', text: bilingual('I have read it.'), required: true }],
      fields: { fullName: 'required', jobRole: 'optional' },
      reason: 'first',
    },
    position: { index: 1, total: 1 },
    draft: { ticked: [], fullName: '', jobRole: '' },
    notice: 'none',
    noticeDetail: '',
  },
};

type Draw = (state: GateState, pageSize: PageSize) => string;

try {
  const files = JSON.parse(readFileSync(path.join(app.getAppPath(), 'files.json'), 'utf8')) as string[];
  const loader = createCachedLoader();
  for (const file of files) {
    const { drawFirstScreen } = loader.load(file) as { drawFirstScreen?: Draw };
    drawFirstScreen?.(sample, { width: 1280, height: 720 });
  }
  for (const [file, { script }] of loader.loaded()) writeFileSync(cacheOf(file), script.createCachedData());
  app.exit(0);
} catch (error) {
  console.error(error);
  app.exit(1);
}
