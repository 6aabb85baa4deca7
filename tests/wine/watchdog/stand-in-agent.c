/*
 * Stands in for the agent in the tests of the watchdog. Appends its command line to `started.txt` in its folder and obeys
 * files there: `exit` holds the code to end with, and is removed; `settle` makes it report a settled gate.
 */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

static wchar_t folder[1024];

static wchar_t *inFolder(const wchar_t *name) {
  static wchar_t file[1280];
  _snwprintf(file, 1279, L"%ls\\%ls", folder, name);
  return file;
}

int WINAPI wWinMain(HINSTANCE instance, HINSTANCE previous, PWSTR line, int show) {
  (void)instance, (void)previous, (void)show;
  GetModuleFileNameW(NULL, folder, 1024);
  *wcsrchr(folder, L'\\') = L'\0';
  FILE *started = _wfopen(inFolder(L"started.txt"), L"a");
  fprintf(started, "%lu %ls\n", GetCurrentProcessId(), line);
  fclose(started);
  for (;;) {
    if (GetFileAttributesW(inFolder(L"settle")) != INVALID_FILE_ATTRIBUTES) {
      const HANDLE event = CreateEventW(NULL, TRUE, FALSE, L"Local\\Porthor.GateSettled");
      SetEvent(event);
    }
    FILE *plan = _wfopen(inFolder(L"exit"), L"r");
    if (plan != NULL) {
      int code = 99;
      const int read = fscanf(plan, "%d", &code);
      fclose(plan);
      if (read == 1) {
        DeleteFileW(inFolder(L"exit"));
        return code;
      }
    }
    Sleep(20);
  }
}
