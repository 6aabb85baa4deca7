/**
 * The gate on displays of any size, scale and place: every physical pixel is covered, and after five seconds nothing is set
 * any more. The windows round and grow as Chromium and Windows let them.
 */
import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { windowsDesktop } from '../../../../electron/platform/desktop/desktop.ts';
import { createGateWindows } from '../../../../electron/windows/gate-windows.ts';
import { fail, succeed } from '../../../../shared/lib/result.ts';
import { createFakeClock } from '../../../fakes/platform/fake-clock.ts';
import { createFakeWindowState } from '../../../fakes/platform/fake-window-state.ts';
import {
  arrange,
  type ModelDisplay,
  ModelWindow,
  type Panel,
  type Traits,
  uncoveredPixels,
} from '../../../support/display-model.ts';
import type { FakeWindow } from '../../../support/fake-window.ts';

interface Placed {
  readonly window: FakeWindow;
  readonly model: ModelWindow;
}

const electron = vi.hoisted(() => ({
  displays: [] as unknown[],
  listeners: new Set<() => void>(),
  opened: (_window: unknown): void => undefined,
}));

vi.mock('electron', async () => {
  const { FakeWindow: Window } = await import('../../../support/fake-window.ts');
  return {
    nativeTheme: { shouldUseDarkColors: false },
    screen: {
      getAllDisplays: () => electron.displays,
      getCursorScreenPoint: () => ({ x: 1, y: 1 }),
      getDisplayNearestPoint: () => electron.displays[0] ?? { id: 0 },
      on: (_event: string, listener: () => void) => electron.listeners.add(listener),
      off: (_event: string, listener: () => void) => electron.listeners.delete(listener),
    },
    BrowserWindow: class extends Window {
      constructor() {
        super();
        electron.opened(this);
      }
    },
  };
});

beforeEach(() => {
  electron.displays = [];
  electron.listeners.clear();
});

/** @param seesPixels the system says where the windows are in physical pixels. */
function createWorld(displays: readonly ModelDisplay[], traits: Traits, seesPixels: boolean) {
  const clock = createFakeClock();
  const told: string[] = [];
  const placed: Placed[] = [];
  const windowState = createFakeWindowState();
  electron.opened = (opened) => {
    const window = opened as FakeWindow;
    const model = new ModelWindow(() => electron.displays as ModelDisplay[], traits);
    window.setBounds = (bounds) => {
      window.requests += 1;
      model.ask(bounds);
    };
    window.getBounds = () => model.answer();
    placed.push({ window, model });
  };
  windowState.placeWith((asked) => {
    const found = placed.find(({ window }) => window === asked);
    if (found === undefined || !seesPixels) return fail({ kind: 'none', reason: 'no pixels' });
    const display = found.model.display();
    return succeed({
      outer: found.model.outer,
      painted: found.model.painted(),
      display: display.pixels,
      scalePercent: display.scaleFactor * 100,
      onCurrentDesktop: true,
    });
  });
  electron.displays = [...displays];
  const windows = createGateWindows({
    folders: { preload: '/preload' },
    takePrewarmed: () => undefined,
    clock,
    demonstration: false,
    desktop: windowsDesktop,
    windowState: () => windowState,
    isSessionInUse: () => Promise.resolve(true),
    canBeSeen: () => Promise.resolve(true),
    windowTitle: () => 'Porthor',
    mayBeCovered: () => false,
    events: {
      onInterrupted: (what, detail) => told.push(`${what}: ${detail}`),
      onRegained: (what) => told.push(`regained: ${what}`),
      onDemonstrationLeft: () => undefined,
    },
  });
  windows.show();
  windows.notePainted();
  const models = () => placed.filter(({ window }) => window.isVisible()).map(({ model }) => model);
  return {
    clock,
    told,
    placed,
    change: (next: readonly ModelDisplay[]) => {
      electron.displays = [...next];
      for (const listener of electron.listeners) listener();
    },
    requests: () => placed.reduce((total, { window }) => total + window.requests, 0),
    uncovered: () =>
      (electron.displays as ModelDisplay[]).map((display) => uncoveredPixels(display, models())),
  };
}

type World = ReturnType<typeof createWorld>;

function expectCoveredAndCalm(world: World): void {
  world.clock.advance(5000);
  expect(
    world.uncovered().every((pixels) => pixels === 0),
    `uncovered: ${world.uncovered().join()}`,
  ).toBe(true);
  const before = world.requests();
  world.clock.advance(20_000);
  expect(world.requests(), 'after five seconds nothing is set any more').toBe(before);
  expect(world.told).toEqual([]);
}

const panel: fc.Arbitrary<Panel> = fc.record({
  widthPx: fc.constantFrom(1024, 1280, 1366, 1440, 1600, 1920, 2256, 2560, 2736, 3000, 3840),
  heightPx: fc.constantFrom(600, 768, 800, 900, 1024, 1080, 1200, 1440, 1504, 1600, 1824, 2000, 2160),
  scaleFactor: fc.constantFrom(1, 1.25, 1.5, 1.75, 2, 2.25),
  portrait: fc.boolean(),
});
const desk = fc
  .record({
    panels: fc.array(panel, { minLength: 1, maxLength: 3 }),
    primary: fc.nat({ max: 2 }),
    offsetsPx: fc.array(fc.integer({ min: -400, max: 400 }), { minLength: 3, maxLength: 3 }),
  })
  .map(({ panels, primary, offsetsPx }) => arrange(panels, primary % panels.length, offsetsPx));
const traits: fc.Arbitrary<Traits> = fc.record({
  rounding: fc.constantFrom('enclosing' as const, 'nearest' as const),
  insets: fc.constantFrom(0, 8),
  growth: fc.constantFrom(0, 1, 8),
});

describe('the windows of a gate', () => {
  it('cover every pixel of every display, and then stay as they are', () => {
    fc.assert(
      fc.property(desk, traits, (displays, seen) => {
        expectCoveredAndCalm(createWorld(displays, seen, true));
      }),
      { numRuns: 200 },
    );
  });

  it('cover them again when displays come, go, turn or change their scale', () => {
    fc.assert(
      fc.property(desk, fc.array(desk, { minLength: 1, maxLength: 4 }), traits, (displays, changes, seen) => {
        const world = createWorld(displays, seen, true);
        expectCoveredAndCalm(world);
        for (const next of changes) {
          world.change(next);
          expectCoveredAndCalm(world);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('come to rest too where the system says nothing in pixels', () => {
    fc.assert(
      fc.property(desk, traits, (displays, seen) => {
        const world = createWorld(displays, seen, false);
        world.clock.advance(5000);
        const before = world.requests();
        world.clock.advance(20_000);
        expect(world.requests()).toBe(before);
        expect(world.told).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('stay on their displays while a remote connection reports none, and cover the ones that come back', () => {
    const displays = arrange([{ widthPx: 1366, heightPx: 768, scaleFactor: 1.25, portrait: false }], 0, []);
    const world = createWorld(displays, { rounding: 'nearest', insets: 0, growth: 0 }, true);
    expectCoveredAndCalm(world);
    world.change([]);
    expectCoveredAndCalm(world);
    world.change(arrange([{ widthPx: 2560, heightPx: 1600, scaleFactor: 1.75, portrait: false }], 0, []));
    expectCoveredAndCalm(world);
  });

  it('are put back once, and reported, when another program has moved one', () => {
    const displays = arrange([{ widthPx: 1366, heightPx: 768, scaleFactor: 1.25, portrait: false }], 0, []);
    const world = createWorld(displays, { rounding: 'nearest', insets: 0, growth: 0 }, true);
    expectCoveredAndCalm(world);
    world.placed[0]?.model.ask({ x: 200, y: 100, width: 300, height: 300 });
    world.clock.advance(1000);
    expect(world.uncovered()).toEqual([0]);
    expect(world.told).toEqual(['cover-lost: moved or resized']);
    world.clock.advance(20_000);
    expect(world.told).toEqual(['cover-lost: moved or resized', 'regained: cover-lost']);
  });
});
