import { afterEach, describe, expect, it, vi } from 'vitest';
import { runFeatures } from '../../../../electron/app/run-features.ts';
import type { ConfigChanges, Feature } from '../../../../electron/services/feature.ts';
import type { StorageFault } from '../../../../electron/storage/storage-fault.ts';

const changes: ConfigChanges = { includes: () => true, concernGate: false };

function createWorld() {
  const journal: string[] = [];
  const faults: StorageFault[] = [];
  const note = (word: string) => void journal.push(word);
  const feature = (name: string, more: Partial<Feature> = {}): Feature => ({
    name,
    startsAt: 'gate-settled',
    start: () => {
      note(`start ${name}`);
      return undefined;
    },
    onSystem: (change) => note(`${change} ${name}`),
    onConfigChanged: () => note(`config ${name}`),
    capabilities: () => [{ name, level: 'full', reason: '' }],
    stop: () => note(`stop ${name}`),
    ...more,
  });
  const run = (...features: readonly Feature[]) => runFeatures(features, (fault) => void faults.push(fault));
  return { journal, faults, note, feature, run };
}

afterEach(() => {
  vi.useRealTimers();
});

describe('features', () => {
  it('start in the order of the list, the login features first, and stop in reverse', async () => {
    const { journal, feature, run } = createWorld();
    const running = run(feature('tray'), feature('gate', { startsAt: 'login' }), feature('media'));
    expect(running.isRunning()).toBe(false);
    expect(await running.start()).toBe('started');
    expect(running.isRunning()).toBe(true);
    await running.stop();
    expect(running.isRunning()).toBe(false);
    expect(journal).toEqual([
      'start gate',
      'start tray',
      'start media',
      'stop media',
      'stop gate',
      'stop tray',
    ]);
  });

  it('that cannot start are reported, and the others start', async () => {
    const { journal, faults, feature, run } = createWorld();
    const broken = feature('media', { start: () => Promise.reject(new Error('no bus')) });
    expect(await run(broken, feature('problem')).start()).toBe('started');
    expect(journal).toEqual(['start problem']);
    expect(faults).toEqual([{ fault: 'feature-not-started', subject: 'media', reason: 'Error: no bus' }]);
  });

  it('of the login that cannot start end the start: an agent without its gate must not go on', async () => {
    const { journal, feature, run } = createWorld();
    const gate = feature('gate', { startsAt: 'login', start: () => Promise.reject(new Error('broken')) });
    await expect(run(gate, feature('tray')).start()).rejects.toThrow('broken');
    expect(journal).toEqual([]);
  });

  it('are not started once one of them finds that the agent must not run here', async () => {
    const { journal, feature, run } = createWorld();
    const gate = feature('gate', { startsAt: 'login', start: () => Promise.resolve('not-here' as const) });
    expect(await run(gate, feature('tray')).start()).toBe('not-here');
    expect(journal).toEqual([]);
  });

  it('receive system changes and changed settings in order, and nothing after the end', async () => {
    const { journal, feature, run } = createWorld();
    const running = run(feature('idle'), feature('media'));
    running.noteSystem('resumed');
    await running.applyChanges(changes);
    expect(journal).toEqual(['resumed idle', 'resumed media', 'config idle', 'config media']);
    await running.stop();
    journal.length = 0;
    await running.applyChanges(changes);
    expect(journal).toEqual([]);
  });

  it('run once the login is over, also while a slow feature still starts', async () => {
    const { feature, run } = createWorld();
    let wasRunning = false;
    const gate = feature('gate', { startsAt: 'login' });
    const media = feature('media', {
      start: () => {
        wasRunning = running.isRunning();
        return undefined;
      },
    });
    const running = run(gate, media);
    await running.start();
    expect(wasRunning).toBe(true);
  });

  it('of the login learn of changed settings last, since the gate may wait for the collector', async () => {
    const { journal, feature, run } = createWorld();
    await run(feature('gate', { startsAt: 'login' }), feature('idle')).applyChanges(changes);
    expect(journal).toEqual(['config idle', 'config gate']);
  });

  it('report their capabilities, in the order of the list', () => {
    const { feature, run } = createWorld();
    expect(
      run(feature('idle'), feature('media'))
        .capabilities()
        .map(({ name }) => name),
    ).toEqual(['idle', 'media']);
  });

  it('that are starting are stopped once they have started, so that nothing of them stays', async () => {
    const { journal, note, feature, run } = createWorld();
    let finish = () => {};
    const media = feature('media', {
      start: () =>
        new Promise((resolve) => {
          finish = () => {
            note('started media');
            resolve(undefined);
          };
        }),
    });
    const running = run(media, feature('problem'));
    const started = running.start();
    await Promise.resolve();
    const stopped = running.stop();
    finish();
    await Promise.all([started, stopped]);
    expect(journal.filter((word) => word.endsWith('media'))).toEqual(['started media', 'stop media']);
    expect(journal).not.toContain('start problem');
  });

  it('of the login are stopped while they wait for the user', async () => {
    const { journal, feature, run } = createWorld();
    const running = run(feature('gate', { startsAt: 'login', start: () => new Promise(() => undefined) }));
    void running.start();
    await running.stop();
    expect(journal).toEqual(['stop gate']);
  });

  it('that fail to stop do not prevent the others from stopping', async () => {
    const { journal, faults, feature, run } = createWorld();
    const broken = feature('media', { stop: () => Promise.reject(new Error('held')) });
    await run(feature('gate'), broken).stop();
    expect(journal).toEqual(['stop gate']);
    expect(faults).toEqual([{ fault: 'feature-not-stopped', subject: 'media', reason: 'Error: held' }]);
  });

  it('end although one of them never answers: its name is reported, and the others stop', async () => {
    vi.useFakeTimers();
    const { journal, faults, feature, run } = createWorld();
    const never = new Promise<undefined>(() => undefined);
    const running = run(
      feature('gate', { startsAt: 'login' }),
      feature('media', { start: () => never }),
      feature('idle', { stop: () => never }),
    );
    void running.start();
    await vi.advanceTimersByTimeAsync(0);
    const stopped = running.stop();
    await vi.advanceTimersByTimeAsync(10_000);
    await stopped;
    expect(journal).toEqual(['start gate', 'stop gate']);
    expect(faults).toEqual([
      { fault: 'feature-not-stopped', subject: 'idle', reason: 'no answer within 5 s' },
      { fault: 'feature-not-stopped', subject: 'media', reason: 'no answer within 5 s' },
    ]);
  });
});
