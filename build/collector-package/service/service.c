/*
 * The collector as a service of Windows: answers the service manager, runs Node with the collector, and restarts it when it dies.
 *
 * Node cannot be a service itself: a service must answer the service manager within 30 seconds and take its orders. This
 * program is beside node.exe and collector\, and the data folder is Porthor Collector in ProgramData.
 *
 * On a stop it closes the collector's standard input, at which the collector ends in order; after 25 seconds it ends it.
 * The collector and its children are in a job, so that none of them outlives the service.
 *
 *   (no argument)   as the service manager starts it
 *   --set-up        makes the data folder and ends; the installer's tests run it
 */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <aclapi.h>
#include <sddl.h>
#include <shlobj.h>
#include <stdio.h>
#include <wchar.h>

static const wchar_t serviceName[] = L"PorthorCollector";
static const wchar_t dataName[] = L"Porthor Collector";
/* Full rights for the system and for administrators, inherited by all that is made in it; none for anybody else. */
static const wchar_t dataRights[] = L"O:BAG:BAD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)";

enum { longestPath = 32768, stopMs = 25000, pauseMs = 2000, longPauseMs = 60000, deathsUntilLongPause = 10 };
enum { healthyAfterMs = 600000, largestLogBytes = 10 * 1024 * 1024 };

static wchar_t programFolder[longestPath], dataFolder[longestPath], commandLine[longestPath], path[longestPath];
static SERVICE_STATUS_HANDLE statusHandle;
static SERVICE_STATUS status;
static HANDLE stopEvent;

static void report(WORD kind, const wchar_t *text) {
  const HANDLE log = RegisterEventSourceW(NULL, serviceName);
  if (log == NULL) return;
  ReportEventW(log, kind, 0, 1, NULL, 1, 0, &text, NULL);
  DeregisterEventSource(log);
}

static BOOL join(wchar_t *target, const wchar_t *folder, const wchar_t *name) {
  return swprintf(target, longestPath, L"%ls\\%ls", folder, name) > 0;
}

static BOOL findFolders(void) {
  const DWORD length = GetModuleFileNameW(NULL, programFolder, longestPath);
  wchar_t *const name = length == 0 || length >= longestPath ? NULL : wcsrchr(programFolder, L'\\');
  if (name == NULL) return FALSE;
  *name = L'\0';
  wchar_t programData[MAX_PATH];
  if (SHGetFolderPathW(NULL, CSIDL_COMMON_APPDATA, NULL, SHGFP_TYPE_CURRENT, programData) != S_OK) return FALSE;
  return join(dataFolder, programData, dataName);
}

static BOOL isOwnAccount(PSID owner) {
  union {
    TOKEN_USER user;
    BYTE bytes[sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE];
  } found;
  HANDLE token;
  DWORD size;
  if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token)) return FALSE;
  const BOOL isFound = GetTokenInformation(token, TokenUser, &found, sizeof found, &size);
  CloseHandle(token);
  return isFound && EqualSid(owner, found.user.User.Sid);
}

/* Every user may make folders in %ProgramData%: what such a user put there first must not become the collector's. */
static BOOL isTrustedOwner(PSECURITY_DESCRIPTOR descriptor) {
  PSID owner;
  BOOL isDefault;
  if (!GetSecurityDescriptorOwner(descriptor, &owner, &isDefault) || owner == NULL) return FALSE;
  return IsWellKnownSid(owner, WinBuiltinAdministratorsSid) || IsWellKnownSid(owner, WinLocalSystemSid) || isOwnAccount(owner);
}

static BOOL makeDataFolder(void) {
  PSECURITY_DESCRIPTOR wanted;
  if (!ConvertStringSecurityDescriptorToSecurityDescriptorW(dataRights, SDDL_REVISION_1, &wanted, NULL)) return FALSE;
  SECURITY_ATTRIBUTES attributes = {.nLength = sizeof attributes, .lpSecurityDescriptor = wanted};
  BOOL isMade = CreateDirectoryW(dataFolder, &attributes);
  if (!isMade && GetLastError() == ERROR_ALREADY_EXISTS) {
    PSECURITY_DESCRIPTOR found = NULL;
    const SECURITY_INFORMATION owner = OWNER_SECURITY_INFORMATION;
    isMade = GetNamedSecurityInfoW(dataFolder, SE_FILE_OBJECT, owner, NULL, NULL, NULL, NULL, &found) == ERROR_SUCCESS &&
             isTrustedOwner(found);
    if (found != NULL) LocalFree(found);
    if (!isMade) report(EVENTLOG_ERROR_TYPE, L"The data folder belongs to a user. Remove it, or give it to the administrators.");
    if (isMade) {
      const SECURITY_INFORMATION rights = DACL_SECURITY_INFORMATION | PROTECTED_DACL_SECURITY_INFORMATION;
      isMade = SetFileSecurityW(dataFolder, rights, wanted);
    }
  }
  LocalFree(wanted);
  return isMade;
}

/* The settings of a first start. */
static void copySettings(void) {
  wchar_t sample[MAX_PATH * 2];
  if (swprintf(sample, ARRAYSIZE(sample), L"%ls\\collector.env", programFolder) <= 0) return;
  if (join(path, dataFolder, L"collector.env")) CopyFileW(sample, path, TRUE);
}

/* One log beside the one before, so that it never fills the disk. */
static HANDLE openLog(void) {
  if (!join(path, dataFolder, L"collector.log")) return INVALID_HANDLE_VALUE;
  WIN32_FILE_ATTRIBUTE_DATA found;
  if (GetFileAttributesExW(path, GetFileExInfoStandard, &found) && found.nFileSizeLow > largestLogBytes) {
    wchar_t before[MAX_PATH * 2];
    swprintf(before, ARRAYSIZE(before), L"%ls\\collector.log.1", dataFolder);
    MoveFileExW(path, before, MOVEFILE_REPLACE_EXISTING);
  }
  SECURITY_ATTRIBUTES inherited = {.nLength = sizeof inherited, .bInheritHandle = TRUE};
  return CreateFileW(path, FILE_APPEND_DATA, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, &inherited, OPEN_ALWAYS,
                     FILE_ATTRIBUTE_NORMAL, NULL);
}

/* NULL where it cannot be started. `input` is the end of the collector's standard input that is ours. */
static HANDLE startCollector(HANDLE job, HANDLE *input) {
  SECURITY_ATTRIBUTES inherited = {.nLength = sizeof inherited, .bInheritHandle = TRUE};
  HANDLE theirs;
  if (!CreatePipe(&theirs, input, &inherited, 0)) return NULL;
  SetHandleInformation(*input, HANDLE_FLAG_INHERIT, 0);
  const HANDLE log = openLog();
  swprintf(commandLine, longestPath,
           L"\"%ls\\node.exe\" \"--env-file-if-exists=%ls\\collector.env\" \"%ls\\collector\\src\\cli.ts\" serve --end-with-input",
           programFolder, dataFolder, programFolder);
  STARTUPINFOW start = {.cb = sizeof start, .dwFlags = STARTF_USESTDHANDLES, .hStdInput = theirs, .hStdOutput = log, .hStdError = log};
  PROCESS_INFORMATION made;
  const DWORD flags = CREATE_NO_WINDOW | CREATE_SUSPENDED;
  const BOOL isMade = CreateProcessW(NULL, commandLine, NULL, NULL, TRUE, flags, NULL, programFolder, &start, &made);
  CloseHandle(theirs);
  if (log != INVALID_HANDLE_VALUE) CloseHandle(log);
  if (!isMade) {
    CloseHandle(*input);
    return NULL;
  }
  AssignProcessToJobObject(job, made.hProcess);
  ResumeThread(made.hThread);
  CloseHandle(made.hThread);
  return made.hProcess;
}

static void tell(DWORD state, DWORD exitCode, DWORD waitMs) {
  status.dwCurrentState = state;
  status.dwControlsAccepted = state == SERVICE_RUNNING ? SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_PRESHUTDOWN : 0;
  status.dwWin32ExitCode = exitCode;
  status.dwWaitHint = waitMs;
  SetServiceStatus(statusHandle, &status);
}

static DWORD WINAPI onControl(DWORD control, DWORD type, void *data, void *context) {
  (void)type, (void)data, (void)context;
  if (control == SERVICE_CONTROL_INTERROGATE) return NO_ERROR;
  if (control != SERVICE_CONTROL_STOP && control != SERVICE_CONTROL_PRESHUTDOWN) return ERROR_CALL_NOT_IMPLEMENTED;
  tell(SERVICE_STOP_PENDING, NO_ERROR, stopMs + 5000);
  SetEvent(stopEvent);
  return NO_ERROR;
}

/* Runs the collector until the service is stopped. */
static void keepRunning(HANDLE job) {
  unsigned deaths = 0;
  while (WaitForSingleObject(stopEvent, 0) == WAIT_TIMEOUT) {
    const ULONGLONG startedAt = GetTickCount64();
    HANDLE input;
    const HANDLE collector = startCollector(job, &input);
    if (collector != NULL) {
      const HANDLE either[] = {stopEvent, collector};
      const BOOL isStopped = WaitForMultipleObjects(2, either, FALSE, INFINITE) == WAIT_OBJECT_0;
      CloseHandle(input);
      if (isStopped && WaitForSingleObject(collector, stopMs) != WAIT_OBJECT_0) TerminateJobObject(job, 1);
      CloseHandle(collector);
      if (isStopped) return;
      report(EVENTLOG_WARNING_TYPE, L"The collector ended and is started again. Its log, collector.log, says why.");
    }
    deaths = GetTickCount64() - startedAt > healthyAfterMs ? 1 : deaths + 1;
    WaitForSingleObject(stopEvent, deaths >= deathsUntilLongPause ? longPauseMs : pauseMs);
  }
}

static void WINAPI runService(DWORD count, wchar_t **words) {
  (void)count, (void)words;
  status.dwServiceType = SERVICE_WIN32_OWN_PROCESS;
  statusHandle = RegisterServiceCtrlHandlerExW(serviceName, onControl, NULL);
  if (statusHandle == NULL) return;
  tell(SERVICE_START_PENDING, NO_ERROR, 20000);
  stopEvent = CreateEventW(NULL, TRUE, FALSE, NULL);
  const HANDLE job = CreateJobObjectW(NULL, NULL);
  JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = {.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE};
  SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof limits);
  if (stopEvent == NULL || job == NULL || !findFolders() || !makeDataFolder()) {
    tell(SERVICE_STOPPED, ERROR_ACCESS_DENIED, 0);
    return;
  }
  copySettings();
  SetEnvironmentVariableW(L"PORTHOR_DATA", dataFolder);
  tell(SERVICE_RUNNING, NO_ERROR, 0);
  keepRunning(job);
  tell(SERVICE_STOPPED, NO_ERROR, 0);
}

int wmain(int count, wchar_t **words) {
  if (count > 1 && wcscmp(words[1], L"--set-up") == 0) {
    if (!findFolders() || !makeDataFolder()) return 1;
    copySettings();
    return 0;
  }
  wchar_t name[ARRAYSIZE(serviceName)];
  wcscpy(name, serviceName);
  const SERVICE_TABLE_ENTRYW services[] = {{name, runService}, {NULL, NULL}};
  return StartServiceCtrlDispatcherW(services) ? 0 : 1;
}
