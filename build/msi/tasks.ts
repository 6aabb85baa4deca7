/** Writes the scheduled tasks that start the watchdog on Windows: at each logon, and again where none is left. */
import { escapeXml } from '../config/escape-xml.ts';

/** A task has one list of actions for all of its triggers, so a logon needs a task of its own. */
interface ScheduledTask {
  /** For `schtasks`. */
  readonly name: string;
  /** Below the program's folder. */
  readonly file: string;
  readonly description: string;
  readonly triggers: readonly string[];
  /** Of the watchdog: `build/msi/watchdog/watchdog.c`. */
  readonly watchdogArguments: string;
}

/**
 * The watchdog itself restarts an agent within seconds. This interval is for a watchdog that was ended, and its check takes
 * milliseconds. `RestartOnFailure` is no help: by MS-TSCH 2.5.4.2 it repeats a start that failed, not a program that died.
 */
const checkedEveryMinutes = 2;

const sessionChanges = ['SessionUnlock', 'ConsoleConnect', 'RemoteConnect'];

export const scheduledTasks = {
  /**
   * Without a user, and with a group as the principal: Windows starts it at the logon of each member. It does not wait for the
   * desktop, which starts the entries of the Run key last.
   */
  atLogon: {
    name: 'Porthor at logon',
    file: 'at-logon.xml',
    description: 'Starts Porthor at logon.',
    triggers: ['<LogonTrigger><Enabled>true</Enabled></LogonTrigger>'],
    watchdogArguments: '--at-logon',
  },
  again: {
    name: 'Porthor',
    file: 'keep-running.xml',
    description: 'Restarts Porthor if it ran in this login and died. Leaves a running agent alone.',
    triggers: [
      // In the order in which Windows writes these elements; the published schema has another.
      `<TimeTrigger><Repetition><Interval>PT${checkedEveryMinutes}M</Interval></Repetition>` +
        '<StartBoundary>2026-01-01T00:00:00</StartBoundary><Enabled>true</Enabled></TimeTrigger>',
      ...sessionChanges.map(
        (change) =>
          `<SessionStateChangeTrigger><Enabled>true</Enabled><StateChange>${change}</StateChange></SessionStateChangeTrigger>`,
      ),
    ],
    watchdogArguments: '--if-here-before',
  },
} as const satisfies Readonly<Record<string, ScheduledTask>>;

/**
 * Runs for every signed-in user, with that user's rights. Several instances may run at once, because the watchdog of one
 * session would otherwise keep the scheduler from starting the one of another.
 */
export const writeTask = (
  task: ScheduledTask,
  watchdog: string,
): string => `<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Author>Porthor</Author>
    <Description>${escapeXml(task.description)}</Description>
  </RegistrationInfo>
  <Triggers>
    ${task.triggers.join('\n    ')}
  </Triggers>
  <Principals>
    <Principal id="Everybody">
      <GroupId>S-1-5-32-545</GroupId>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>Parallel</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>false</StartWhenAvailable>
    <RunOnlyIfNetworkAvailable>false</RunOnlyIfNetworkAvailable>
    <IdleSettings>
      <StopOnIdleEnd>false</StopOnIdleEnd>
      <RestartOnIdle>false</RestartOnIdle>
    </IdleSettings>
    <AllowStartOnDemand>true</AllowStartOnDemand>
    <Enabled>true</Enabled>
    <RunOnlyIfIdle>false</RunOnlyIfIdle>
    <WakeToRun>false</WakeToRun>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <Priority>5</Priority>
  </Settings>
  <Actions Context="Everybody">
    <Exec>
      <Command>${escapeXml(watchdog)}</Command>
      <Arguments>${escapeXml(task.watchdogArguments)}</Arguments>
    </Exec>
  </Actions>
</Task>
`;

/** In UTF-16 with a byte order mark, which `schtasks` reads without guessing. */
export const encodeTask = (task: string): Buffer =>
  Buffer.from(`\uFEFF${task.replaceAll('\n', '\r\n')}`, 'utf16le');
