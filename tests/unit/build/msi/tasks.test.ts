import { DOMParser } from '@xmldom/xmldom';
import { describe, expect, it } from 'vitest';
import { encodeTask, scheduledTasks, writeTask } from '../../../../build/msi/tasks.ts';
import { readStartedBy } from '../../../../electron/app/command-line.ts';

const watchdog = 'C:\\A & B\\porthor-watchdog.exe';
const parse = (text: string): Document =>
  new DOMParser({
    errorHandler: (level, message) => {
      throw new Error(`${level}: ${String(message)}`);
    },
  }).parseFromString(text, 'text/xml');
const texts = (document: Document, name: string) =>
  Array.from(document.getElementsByTagName(name)).map(({ textContent }) => textContent);

/** What an element may hold: a pattern for text, or its children with how often each may occur. */
type Rule = RegExp | { readonly children: Readonly<Record<string, readonly [least: number, most: number]>> };

const yesOrNo = /^(?:true|false)$/u;
const duration = /^P(?=.)(?:\d+D)?(?:T(?=.)(?:\d+H)?(?:\d+M)?(?:\d+S)?)?$/u;
const anyText = /^.+$/u;
const maybe = [0, 1] as const;
const once = [1, 1] as const;
const trigger = { Enabled: maybe, StartBoundary: maybe, EndBoundary: maybe, ExecutionTimeLimit: maybe };

/**
 * The rules of the schema in MS-TSCH 2.5, for the elements that Porthor uses. The schema itself is not part of this project.
 * Windows' own exports order the children of a trigger differently from the schema, so the order there is not checked.
 */
const rules: Readonly<Record<string, Rule>> = {
  Task: {
    children: { RegistrationInfo: maybe, Triggers: maybe, Principals: maybe, Settings: maybe, Actions: once },
  },
  RegistrationInfo: { children: { Author: maybe, Description: maybe } },
  Author: anyText,
  Description: anyText,
  Triggers: { children: { LogonTrigger: [0, 48], TimeTrigger: [0, 48], SessionStateChangeTrigger: [0, 48] } },
  LogonTrigger: { children: { ...trigger, Repetition: maybe, UserId: maybe, Delay: maybe } },
  // Without a start, Windows refuses a trigger by time.
  TimeTrigger: { children: { ...trigger, StartBoundary: once, Repetition: maybe, RandomDelay: maybe } },
  SessionStateChangeTrigger: { children: { ...trigger, StateChange: once, UserId: maybe, Delay: maybe } },
  StateChange:
    /^(?:ConsoleConnect|ConsoleDisconnect|RemoteConnect|RemoteDisconnect|SessionLock|SessionUnlock)$/u,
  Repetition: { children: { Interval: once, Duration: maybe, StopAtDurationEnd: maybe } },
  // At least one minute, at most 31 days.
  Interval: /^PT(?:[1-9]|[1-5]\d)M$/u,
  StartBoundary: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)?$/u,
  Principals: { children: { Principal: once } },
  // A group and a user exclude each other; a group has no type of logon.
  Principal: { children: { GroupId: once, RunLevel: maybe, DisplayName: maybe } },
  GroupId: /^S-1-5-32-545$/u,
  RunLevel: /^(?:LeastPrivilege|HighestAvailable)$/u,
  Settings: {
    children: Object.fromEntries(
      [
        'MultipleInstancesPolicy',
        'DisallowStartIfOnBatteries',
        'StopIfGoingOnBatteries',
        'StartWhenAvailable',
        'RunOnlyIfNetworkAvailable',
        'IdleSettings',
        'AllowStartOnDemand',
        'Enabled',
        'RunOnlyIfIdle',
        'WakeToRun',
        'ExecutionTimeLimit',
        'Priority',
      ].map((name) => [name, maybe] as const),
    ),
  },
  MultipleInstancesPolicy: /^(?:Parallel|Queue|IgnoreNew|StopExisting)$/u,
  DisallowStartIfOnBatteries: yesOrNo,
  StopIfGoingOnBatteries: yesOrNo,
  StartWhenAvailable: yesOrNo,
  RunOnlyIfNetworkAvailable: yesOrNo,
  IdleSettings: { children: { StopOnIdleEnd: maybe, RestartOnIdle: maybe } },
  StopOnIdleEnd: yesOrNo,
  RestartOnIdle: yesOrNo,
  AllowStartOnDemand: yesOrNo,
  Enabled: yesOrNo,
  RunOnlyIfIdle: yesOrNo,
  WakeToRun: yesOrNo,
  ExecutionTimeLimit: duration,
  Priority: /^(?:\d|10)$/u,
  Actions: { children: { Exec: [1, 32] } },
  Exec: { children: { Command: once, Arguments: maybe, WorkingDirectory: maybe } },
  Command: anyText,
  Arguments: anyText,
};

/** Every breach of the rules, in words. */
const breaches = (element: Element): readonly string[] => {
  const rule = rules[element.nodeName];
  if (rule === undefined) return [`${element.nodeName} is not known`];
  const children = Array.from(element.childNodes).filter((node): node is Element => node.nodeType === 1);
  if (rule instanceof RegExp) {
    const text = element.textContent ?? '';
    return children.length === 0 && rule.test(text) ? [] : [`${element.nodeName} holds ${text}`];
  }
  const counts = Object.entries(rule.children).flatMap(([name, [least, most]]) => {
    const count = children.filter(({ nodeName }) => nodeName === name).length;
    return count < least || count > most ? [`${element.nodeName} holds ${count} ${name}`] : [];
  });
  const strangers = children.filter(({ nodeName }) => !(nodeName in rule.children));
  return [
    ...counts,
    ...strangers.map(({ nodeName }) => `${element.nodeName} may not hold ${nodeName}`),
    ...children.flatMap(breaches),
  ];
};

describe('the scheduled tasks', () => {
  const tasks = Object.values(scheduledTasks);

  it.each(tasks.map((task) => [task.name, task] as const))(
    '%s follows the rules of MS-TSCH',
    (_name, task) => {
      const document = parse(writeTask(task, watchdog));
      expect(document.documentElement.namespaceURI).toBe(
        'http://schemas.microsoft.com/windows/2004/02/mit/task',
      );
      expect(document.documentElement.getAttribute('version')).toBe('1.2');
      expect(breaches(document.documentElement)).toEqual([]);
      const [principal] = Array.from(document.getElementsByTagName('Principal'));
      const [actions] = Array.from(document.getElementsByTagName('Actions'));
      expect(actions?.getAttribute('Context')).toBe(principal?.getAttribute('id'));
    },
  );

  it('the rules catch a breach of each kind', () => {
    const broken = (from: string, to: string) =>
      breaches(parse(writeTask(scheduledTasks.again, watchdog).replace(from, to)).documentElement);
    expect(broken('<Enabled>true</Enabled>', '<Enabled>yes</Enabled>')).toEqual(['Enabled holds yes']);
    expect(broken('<Interval>PT2M</Interval>', '<Interval>PT30S</Interval>')).toEqual([
      'Interval holds PT30S',
    ]);
    expect(broken('<GroupId>S-1-5-32-545</GroupId>', '')).toEqual(['Principal holds 0 GroupId']);
    expect(broken('<RunLevel>', '<UserId>x</UserId><RunLevel>')).toContain('Principal may not hold UserId');
  });

  it('start at the logon of every member of the group, without a delay', () => {
    const document = parse(writeTask(scheduledTasks.atLogon, watchdog));
    const [trigger] = Array.from(document.getElementsByTagName('LogonTrigger'));
    expect(trigger?.textContent).toBe('true');
    expect(texts(document, 'UserId')).toEqual([]);
    expect(texts(document, 'Delay')).toEqual([]);
    const [line = ''] = texts(document, 'Arguments');
    expect(readStartedBy([line ?? ''])).toMatchObject({ isUnasked: true, onlyIfHereBefore: false });
  });

  it('bring a dead agent back within two minutes and at unlock, only where one ran in this login', () => {
    const document = parse(writeTask(scheduledTasks.again, watchdog));
    expect(texts(document, 'Interval')).toEqual(['PT2M']);
    // Without a duration the repetition never ends.
    expect(texts(document, 'Duration')).toEqual([]);
    expect(texts(document, 'StateChange')).toEqual(['SessionUnlock', 'ConsoleConnect', 'RemoteConnect']);
    const [line = ''] = texts(document, 'Arguments');
    expect(readStartedBy([line ?? ''])).toMatchObject({ isUnasked: true, onlyIfHereBefore: true });
  });

  it.each(tasks.map((task) => [task.name, task] as const))(
    '%s runs the watchdog in every session with no more than the user’s rights, and stops nothing',
    (_name, task) => {
      const document = parse(writeTask(task, watchdog));
      expect(texts(document, 'Command')).toEqual([watchdog]);
      expect(texts(document, 'GroupId')).toEqual(['S-1-5-32-545']);
      expect(texts(document, 'RunLevel')).toEqual(['LeastPrivilege']);
      expect(texts(document, 'MultipleInstancesPolicy')).toEqual(['Parallel']);
      expect(texts(document, 'ExecutionTimeLimit')).toEqual(['PT0S']);
      for (const never of [
        'DisallowStartIfOnBatteries',
        'StopIfGoingOnBatteries',
        'WakeToRun',
        'RunOnlyIfIdle',
      ])
        expect(texts(document, never)).toEqual(['false']);
    },
  );

  it('are written as schtasks reads them without guessing', () => {
    expect([...encodeTask('a\n')]).toEqual([0xff, 0xfe, 0x61, 0, 0x0d, 0, 0x0a, 0]);
  });
});
