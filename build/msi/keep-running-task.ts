/** Writes the scheduled task that restarts a dead agent on Windows. */
import { escapeXml } from '../config/escape-xml.ts';

/** The task's name for `schtasks`. */
export const taskName = 'Porthor';

/**
 * Each run starts a program that finds the agent running and ends: a quarter of a second of processor time. So the interval
 * is the longest time for which a desktop may stay uncovered.
 */
const startedAgainAfterMinutes = 2;

/** Without logon: there the registry's Run entry starts the agent, even if the scheduler is off. */
const sessionChanges = ['SessionUnlock', 'ConsoleConnect', 'RemoteConnect'];

/**
 * Runs for every signed-in user, with that user's rights. Several instances may run at once, because the agent of one session
 * would otherwise stop the scheduler from starting the agent of another.
 */
export const writeTask = (program: string): string => `<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Author>Porthor</Author>
    <Description>Restarts Porthor if it ran in this login and died. Leaves a running agent alone.</Description>
  </RegistrationInfo>
  <Triggers>
    <TimeTrigger>
      <Repetition>
        <Interval>PT${startedAgainAfterMinutes}M</Interval>
      </Repetition>
      <StartBoundary>2026-01-01T00:00:00</StartBoundary>
      <Enabled>true</Enabled>
    </TimeTrigger>${sessionChanges
      .map(
        (change) => `
    <SessionStateChangeTrigger>
      <Enabled>true</Enabled>
      <StateChange>${change}</StateChange>
    </SessionStateChangeTrigger>`,
      )
      .join('')}
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
      <Command>${escapeXml(program)}</Command>
      <Arguments>--kept=${startedAgainAfterMinutes * 60} --if-here-before</Arguments>
    </Exec>
  </Actions>
</Task>
`;

/** In UTF-16 with a byte order mark, which `schtasks` reads without guessing. */
export const encodeTask = (task: string): Buffer =>
  Buffer.from(`\uFEFF${task.replaceAll('\n', '\r\n')}`, 'utf16le');
