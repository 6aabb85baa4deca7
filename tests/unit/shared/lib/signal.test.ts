import { expect, test } from 'vitest';
import { createSignal } from '../../../../shared/lib/signal.ts';

test('calls every subscriber in order, and none that has unsubscribed', () => {
  const signal = createSignal<[word: string]>();
  const heard: string[] = [];
  const stop = signal.subscribe((word) => heard.push(`first ${word}`));
  signal.subscribe((word) => heard.push(`second ${word}`));
  signal.emit('one');
  stop();
  signal.emit('two');
  expect(heard).toEqual(['first one', 'second one', 'second two']);
});

test('does not call a subscriber that another one removes while the signal is emitted', () => {
  const signal = createSignal();
  const heard: string[] = [];
  signal.subscribe(() => stopSecond());
  const stopSecond = signal.subscribe(() => heard.push('second'));
  signal.emit();
  expect(heard).toEqual([]);
});

test('calls a function that subscribed twice once for each subscription, and each one ends separately', () => {
  const signal = createSignal();
  let calls = 0;
  const count = () => {
    calls += 1;
  };
  const stop = signal.subscribe(count);
  signal.subscribe(count);
  signal.emit();
  stop();
  signal.emit();
  expect(calls).toBe(3);
});

test('calls no subscriber after it was cleared, and ending a subscription that is gone does nothing', () => {
  const signal = createSignal();
  const heard: string[] = [];
  const stop = signal.subscribe(() => heard.push('before'));
  signal.clear();
  signal.emit();
  stop();
  signal.subscribe(() => heard.push('after'));
  signal.emit();
  expect(heard).toEqual(['after']);
});
