import { describe, expect, it } from 'vitest';
import { buildTrayMenu, statusLine, type TrayFacts } from '../../../../electron/tray/tray-menu.ts';
import { createTranslator } from '../../../../shared/i18n/translator.ts';
import { idleOff } from '../../../../shared/ipc/information.ts';

const facts: TrayFacts = {
  status: {
    gate: 'open',
    gateOpenedHow: 'receipt',
    collector: 'reached',
    collectorReachedAt: '',
    queueLength: 0,
    idle: idleOff,
  },
  contact: { name: 'Huws & Prys', phone: '01632 960123', email: '', place: 'Room 12' },
  demonstration: false,
  pluggedIn: [],
  mediaAnswers: [],
};
const done: string[] = [];
const actions = {
  showMediaWarning: () => void done.push('warning'),
  lockNow: () => void done.push('lock'),
  openAgreements: () => void done.push('agreements'),
  openRecords: () => void done.push('records'),
  reportProblem: () => void done.push('problem'),
  openAbout: () => void done.push('about'),
  leaveDemonstration: () => void done.push('leave'),
};
const menuOf = (changes: Partial<TrayFacts> = {}) =>
  buildTrayMenu(createTranslator('en-GB'), { ...facts, ...changes }, actions);

describe('the tray menu', () => {
  it('runs the action that each entry names', () => {
    for (const item of menuOf({ demonstration: true })) if (item.kind === 'action') item.run();
    expect(done).toEqual(['lock', 'agreements', 'records', 'problem', 'about', 'leave']);
  });

  it('offers to end a demonstration only during one', () => {
    const labels = menuOf().flatMap((item) => (item.kind === 'action' ? [item.label] : []));
    expect(labels).toEqual([
      'Lock now',
      'My agreements',
      'What Porthor records',
      'Report a problem',
      'About Porthor',
    ]);
  });

  it('lists the contact, with its ampersand intact', () => {
    const contact = menuOf().find((item) => item.kind === 'submenu');
    expect(contact?.items).toEqual([
      { kind: 'text', label: 'Huws && Prys' },
      { kind: 'text', label: '01632 960123' },
      { kind: 'text', label: 'Room 12' },
    ]);
    const nobody = menuOf({ contact: { name: '', phone: '', email: '', place: '' } });
    expect(nobody.find((item) => item.kind === 'submenu')?.items).toHaveLength(1);
  });

  it('says why the screen does not lock by itself, and until when; it shows no countdown', () => {
    const secondLine = (idle: Partial<TrayFacts['status']['idle']>) => {
      const [, line] = menuOf({ status: { ...facts.status, idle: { ...idleOff, ...idle } } });
      return line?.kind === 'text' ? line.label : undefined;
    };
    expect(secondLine({})).toBeUndefined();
    expect(secondLine({ state: 'watching', locksAt: '2026-11-22T10:40:00Z' })).toBeUndefined();
    const heldUntil = new Date(2026, 10, 22, 10, 40).toISOString();
    expect(secondLine({ state: 'held', heldBy: 'presentation', heldUntil })).toBe(
      'Not locking: a presentation is on, until 10:40 at the latest',
    );
    expect(secondLine({ state: 'held', heldBy: 'full-screen', heldUntil })).toContain('fills the screen');
    expect(secondLine({ state: 'held', heldBy: 'display-required', heldUntil })).toContain('a video');
    expect(secondLine({ state: 'cannot-lock' })).toContain('cannot lock by itself');
    expect(secondLine({ state: 'cannot-tell' })).toContain('Not locking by itself');
  });

  it('lists each device that is plugged in with its verdict, and can show the warning again', () => {
    const stick = {
      name: 'SanDisk Cruzer Blade',
      kind: 'stick',
      places: ['E:'],
      sizeBytes: 16_008_609_792,
      encryption: 'not-encrypted',
      problems: ['not-encrypted', 'not-approved'],
    } as const;
    const phone = {
      ...stick,
      name: 'Pixel & more',
      kind: 'portable-device',
      places: [],
      sizeBytes: 0,
    } as const;
    const menu = menuOf({ pluggedIn: [stick, { ...phone, problems: [] }] });
    expect(menu.find((item) => item.kind === 'submenu')?.items).toEqual([
      { kind: 'text', label: 'SanDisk Cruzer Blade, 16 GB, drive E: – not encrypted, not approved' },
      { kind: 'text', label: 'Pixel && more – approved' },
    ]);
    const show = menu.find((item) => item.kind === 'action');
    expect(show?.label).toBe('Show the warning');
    show?.run();
    expect(done.at(-1)).toBe('warning');
    const fine = menuOf({ pluggedIn: [{ ...stick, encryption: 'locked', problems: [] }] });
    expect(fine.flatMap((item) => (item.kind === 'action' ? [item.label] : []))[0]).toBe('Lock now');
  });

  it('shows the school’s answer, whether or not the stick is plugged in', () => {
    const answer = {
      insertionId: '0198f0a0-0000-4000-8000-000000000001',
      requestedAt: '2026-11-22T08:40:00Z',
      device: {
        kind: 'stick',
        vendorId: '0781',
        productId: '5567',
        serial: '',
        name: 'Cruzer & Blade',
        sizeBytes: 16e9,
      },
      decision: 'refused',
      decidedAt: '2026-11-22T12:00:00Z',
      decidedBy: 'Nia Huws',
      reason: 'Please take one from the office.',
    } as const;
    const approved = { ...answer, decision: 'approved', decidedBy: '', reason: '' } as const;
    const entryOf = (mediaAnswers: TrayFacts['mediaAnswers'], language: 'en-GB' | 'cy-GB' = 'en-GB') =>
      buildTrayMenu(createTranslator(language), { ...facts, mediaAnswers }, actions).find(
        (item) => item.kind === 'submenu',
      );
    expect(entryOf([answer, approved])).toEqual({
      kind: 'submenu',
      label: "Your school's answers",
      items: [
        {
          kind: 'text',
          label:
            'Cruzer && Blade, 16 GB – refused by Nia Huws, 22 November 2026: Please take one from the office.',
        },
        { kind: 'text', label: 'Cruzer && Blade, 16 GB – approved, 22 November 2026' },
      ],
    });
    expect(entryOf([answer], 'cy-GB')?.items).toEqual([
      {
        kind: 'text',
        label:
          'Cruzer && Blade, 16 GB – gwrthodwyd gan Nia Huws, 22 Tachwedd 2026: Please take one from the office.',
      },
    ]);
    const long = entryOf([{ ...answer, reason: 'x'.repeat(500) }])?.items[0];
    expect(long?.kind === 'text' ? long.label.length : 0).toBeLessThan(150);
    expect(entryOf(Array.from({ length: 20 }, () => answer))?.items).toHaveLength(5);
  });

  it('shows in its first line the most important state', () => {
    const lineOf = (status: Partial<TrayFacts['status']>) =>
      statusLine(createTranslator('en-GB'), { ...facts.status, ...status });
    expect(lineOf({})).toBe('Porthor is running');
    expect(lineOf({ collector: 'not-configured' })).toBe('Porthor is running');
    expect(lineOf({ collector: 'not-reached' })).toContain('Not connected');
    expect(lineOf({ collector: 'not-enrolled' })).toContain('Not connected');
    expect(lineOf({ collector: 'not-reached', gate: 'waiting-for-person' })).toBe(
      'A policy is waiting for you',
    );
  });
});
