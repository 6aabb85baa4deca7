import { describe, expect, it } from 'vitest';
import { buildAcknowledgement } from '../../../../../electron/services/gate/acknowledgement.ts';
import { acknowledgedDataSchema } from '../../../../../shared/wire/events.ts';
import { makePack } from '../../../../fixtures/make-pack.ts';

const account = { name: 'sprys', domain: 'YSGOL', sid: 's-1-5-21-7', upn: '', displayName: 'Siân Prys' };
const build = (pack = makePack()) =>
  buildAcknowledgement({
    action: 'accepted',
    policy: { pack, reason: 'first' },
    language: 'cy-GB',
    draft: { ticked: ['agree'], fullName: ' Siân Prys ', jobRole: 'Athrawes' },
    openedAt: '2026-11-22T08:40:00.000Z',
    decidedAt: '2026-11-22T08:41:00.000Z',
    account,
    machine: { id: 'm', hostname: 'LAB-07', os: 'Windows 11' },
    loginId: 'login-1',
    audience: 'staff',
    agentVersion: '0.1.0',
  });

describe('an acknowledgement', () => {
  it('names the text that was shown and every statement, ticked or not, in the language shown', () => {
    const pack = makePack();
    const { subject, data } = build(pack);
    expect(subject).toBe('S-1-5-21-7');
    expect(data).toMatchObject({
      textSha256: pack.textSha256['cy-GB'],
      language: 'cy-GB',
      fullName: 'Siân Prys',
      statements: [
        { id: 'agree', text: 'Rwy’n cytuno.', ticked: true },
        { id: 'news', text: 'Anfonwch newyddion ataf.', ticked: false },
      ],
    });
    expect(acknowledgedDataSchema.parse(data)).toEqual(data);
  });

  it('leaves out a field that the policy does not ask for', () => {
    const { data } = build(makePack({ fields: { fullName: 'required', jobRole: 'hidden' } }));
    expect(data.jobRole).toBe('');
  });
});
