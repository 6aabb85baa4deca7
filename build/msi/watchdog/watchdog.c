/*
 * The watchdog on Windows: starts the agent of its session, waits for it, and restarts it when it dies.
 *
 * The task and the Run entry start this program, never the agent itself. A second watchdog finds the first one's mutex and
 * ends within milliseconds. So a check costs no second Electron, and nothing ends an agent for being slow.
 *
 *   --at-logon         starts the agent as at a logon
 *   --if-here-before   starts an agent that stays only if one has run in this login
 *   --before-desktop   starts nothing; waits until the gate is settled, for 20 seconds at most
 *
 * Exit code 0: nothing is left to do. 1: the agent cannot be started; the task's next trigger tries again.
 */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <tlhelp32.h>
#include <sddl.h>
#include <wchar.h>

/* `Local\` is the namespace of one session, so each session has its own watchdog. */
static const wchar_t mutexName[] = L"Local\\Porthor.Watchdog";
/* The agent creates or opens the event under the same name: electron/platform/desktop-hold. */
static const wchar_t gateSettledName[] = L"Local\\Porthor.GateSettled";
static const wchar_t agentName[] = L"Porthor.exe";

/* The agent treats a pause in the same way on Linux: build/package/keep-running.sh. */
enum { pauseSeconds = 2, longPauseSeconds = 60, deathsUntilLongPause = 10, healthyAfterMs = 600000 };
/* Nothing of the agent may keep a user from the desktop for longer. */
enum { longestHoldMs = 20000 };
enum { longestPath = 32768, mostProcesses = 1024 };

static wchar_t program[longestPath];
static wchar_t otherProgram[longestPath];

/* The agent is in the folder of this program. */
static BOOL findProgram(void) {
  const DWORD length = GetModuleFileNameW(NULL, program, longestPath);
  if (length == 0 || length >= longestPath - ARRAYSIZE(agentName)) return FALSE;
  wchar_t *const name = wcsrchr(program, L'\\');
  if (name == NULL) return FALSE;
  lstrcpyW(name + 1, agentName);
  return TRUE;
}

static BOOL isOurProgram(HANDLE process) {
  DWORD length = longestPath;
  return QueryFullProcessImageNameW(process, 0, otherProgram, &length) && lstrcmpiW(otherProgram, program) == 0;
}

static ULONGLONG startOf(HANDLE process) {
  FILETIME created, ended, kernel, user;
  if (!GetProcessTimes(process, &created, &ended, &kernel, &user)) return 0;
  return ((ULONGLONG)created.dwHighDateTime << 32) | created.dwLowDateTime;
}

/*
 * An agent that runs in this session already, because a user opened it from the Start menu, or because its first watchdog was
 * ended. The agent's own children run the same program; their parent shows it.
 */
static HANDLE findRunningAgent(void) {
  static DWORD found[mostProcesses], parents[mostProcesses];
  int count = 0;
  DWORD session = 0, otherSession;
  ProcessIdToSessionId(GetCurrentProcessId(), &session);
  const HANDLE snapshot = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
  if (snapshot == INVALID_HANDLE_VALUE) return NULL;
  PROCESSENTRY32W entry = {.dwSize = sizeof entry};
  for (BOOL more = Process32FirstW(snapshot, &entry); more && count < mostProcesses; more = Process32NextW(snapshot, &entry)) {
    if (lstrcmpiW(entry.szExeFile, agentName) != 0) continue;
    if (!ProcessIdToSessionId(entry.th32ProcessID, &otherSession) || otherSession != session) continue;
    found[count] = entry.th32ProcessID;
    parents[count] = entry.th32ParentProcessID;
    count += 1;
  }
  CloseHandle(snapshot);

  HANDLE oldest = NULL;
  for (int index = 0; index < count; index += 1) {
    BOOL isChild = FALSE;
    for (int other = 0; other < count; other += 1) isChild = isChild || parents[index] == found[other];
    if (isChild) continue;
    const HANDLE process = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION | SYNCHRONIZE, FALSE, found[index]);
    if (process == NULL) continue;
    if (isOurProgram(process) && (oldest == NULL || startOf(process) < startOf(oldest))) {
      if (oldest != NULL) CloseHandle(oldest);
      oldest = process;
    } else {
      CloseHandle(process);
    }
  }
  return oldest;
}

/* NULL where Windows does not start it: it is missing, or a policy refuses it. */
static HANDLE startAgent(const wchar_t *startedBy, int keptSeconds) {
  static wchar_t line[longestPath + 128];
  _snwprintf(line, ARRAYSIZE(line) - 1, L"\"%ls\" %ls--kept=%d", program, startedBy, keptSeconds);
  STARTUPINFOW startup = {.cb = sizeof startup};
  PROCESS_INFORMATION started;
  if (!CreateProcessW(program, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &started)) return NULL;
  CloseHandle(started.hThread);
  return started.hProcess;
}

static int keepRunning(const wchar_t *startedBy) {
  const HANDLE mutex = CreateMutexW(NULL, FALSE, mutexName);
  if (mutex == NULL || GetLastError() == ERROR_ALREADY_EXISTS) return 0;

  int deaths = 0;
  HANDLE agent = findRunningAgent();
  if (agent == NULL) agent = startAgent(startedBy, pauseSeconds);
  while (agent != NULL) {
    const ULONGLONG startedAt = GetTickCount64();
    DWORD exitCode = 1;
    WaitForSingleObject(agent, INFINITE);
    GetExitCodeProcess(agent, &exitCode);
    CloseHandle(agent);
    /* It ended in order, or has found another agent. */
    if (exitCode == 0) return 0;
    if (GetTickCount64() - startedAt >= healthyAfterMs) deaths = 0;
    deaths += 1;
    const int pause = deaths < deathsUntilLongPause ? pauseSeconds : longPauseSeconds;
    Sleep(pause * 1000);
    /* The session ends, and Windows has ended the agent. */
    if (GetSystemMetrics(SM_SHUTTINGDOWN) != 0) return 0;
    agent = findRunningAgent();
    if (agent == NULL) agent = startAgent(L"", pause);
  }
  return 1;
}

/* The installer names the agent here and removes the value with it. This program may be in another folder. */
static BOOL isInstalled(void) {
  DWORD bytes = sizeof otherProgram;
  const LSTATUS found = RegGetValueW(HKEY_LOCAL_MACHINE, L"SOFTWARE\\Porthor", L"Program", RRF_RT_REG_SZ, NULL, otherProgram, &bytes);
  return found == ERROR_SUCCESS && GetFileAttributesW(otherProgram) != INVALID_FILE_ATTRIBUTES;
}

/*
 * The end of this program lets Windows start the desktop (docs/windows.md). It never fails and never waits for longer than
 * `longestHoldMs`, whatever the agent does. A logon script of an administrator runs elevated and the agent does not, so the
 * event lets every interactive user set it.
 */
static int waitForGate(void) {
  SECURITY_ATTRIBUTES security = {.nLength = sizeof security};
  ConvertStringSecurityDescriptorToSecurityDescriptorW(L"D:(A;;0x100002;;;IU)(A;;GA;;;SY)(A;;GA;;;BA)", SDDL_REVISION_1,
                                                       &security.lpSecurityDescriptor, NULL);
  const HANDLE settled = CreateEventW(&security, TRUE, FALSE, gateSettledName);
  if (settled == NULL || !isInstalled()) return 0;
  WaitForSingleObject(settled, longestHoldMs);
  return 0;
}

int WINAPI wWinMain(HINSTANCE instance, HINSTANCE previous, PWSTR line, int show) {
  (void)instance, (void)previous, (void)show;
  /* Ends the pointer that shows a starting program: Windows waits for the first question for messages. */
  MSG message;
  PeekMessageW(&message, NULL, 0, 0, PM_NOREMOVE);
  if (!findProgram()) return 1;
  if (wcsstr(line, L"--before-desktop") != NULL) return waitForGate();
  return keepRunning(wcsstr(line, L"--at-logon") != NULL ? L"--at-logon " : L"--if-here-before ");
}
