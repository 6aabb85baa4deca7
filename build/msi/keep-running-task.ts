/** Writes the task by which Windows' own scheduler brings back an agent that died. */
import { escapeXml } from '../config/escape-xml.ts';

/** As `schtasks` knows it. */
export const taskName = 'Porthor';

/**
 * What it costs is the start of a program that finds the agent there and ends, a quarter of a second of a processor, so that
 * it is not done oftener than a desktop may well stand uncovered.
 */
const startedAgainAfterMinutes = 2;

/** Logons are not among them: the registry's Run entry starts the agent there, also where the scheduler is off. */
const sessionChanges = ['SessionUnlock', 'ConsoleConnect', 'RemoteConnect'];

/**
 * For everybody who is signed in, with the rights that they have. Several may run at once, because an agent of one session
 * would otherwise keep the scheduler from starting that of another.
 */
export const writeTask = (program: string): string => `<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Author>Porthor</Author>
    <Description>Starts Porthor again where it ran in this login and has died. A running one is left alone.</Description>
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

/** In UTF-16 with its mark, which is what `schtasks` takes without guessing. */
export const encodeTask = (task: string): Buffer =>
  Buffer.from(`\uFEFF${task.replaceAll('\n', '\r\n')}`, 'utf16le');
