/**
 * The numbers of Windows that the adapters use: offsets, sizes and constants in a 64-bit process, each beside the
 * expression of Windows' own headers that it must equal. `tests/wine/windows-numbers.test.ts` has a C compiler compare
 * all of them, so a number that is not here is checked by no one.
 */

type Entry = readonly [value: number, expression: string];
type Entries = Readonly<Record<string, Entry>>;

const entries = {
  file: {
    shareAll: [7, 'FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE'],
    openExisting: [3, 'OPEN_EXISTING'],
    genericRead: [0x8000_0000, 'GENERIC_READ'],
    genericWrite: [0x4000_0000, 'GENERIC_WRITE'],
  },
  control: {
    queryProperty: [0x2d_1400, 'IOCTL_STORAGE_QUERY_PROPERTY'],
    getDeviceNumber: [0x2d_1080, 'IOCTL_STORAGE_GET_DEVICE_NUMBER'],
    checkVerify2: [0x2d_0800, 'IOCTL_STORAGE_CHECK_VERIFY2'],
    getGeometryEx: [0x07_00a0, 'IOCTL_DISK_GET_DRIVE_GEOMETRY_EX'],
    ejectMedia: [0x2d_4808, 'IOCTL_STORAGE_EJECT_MEDIA'],
    lockVolume: [0x09_0018, 'FSCTL_LOCK_VOLUME'],
    dismountVolume: [0x09_0020, 'FSCTL_DISMOUNT_VOLUME'],
  },
  driveType: {
    removable: [2, 'DRIVE_REMOVABLE'],
    fixed: [3, 'DRIVE_FIXED'],
    remote: [4, 'DRIVE_REMOTE'],
    disc: [5, 'DRIVE_CDROM'],
  },
  storageQuery: { bytes: [12, 'sizeof(STORAGE_PROPERTY_QUERY)'] },
  storageDescriptor: {
    size: [4, 'offsetof(STORAGE_DEVICE_DESCRIPTOR, Size)'],
    isRemovable: [10, 'offsetof(STORAGE_DEVICE_DESCRIPTOR, RemovableMedia)'],
    vendor: [12, 'offsetof(STORAGE_DEVICE_DESCRIPTOR, VendorIdOffset)'],
    product: [16, 'offsetof(STORAGE_DEVICE_DESCRIPTOR, ProductIdOffset)'],
    serial: [24, 'offsetof(STORAGE_DEVICE_DESCRIPTOR, SerialNumberOffset)'],
    busType: [28, 'offsetof(STORAGE_DEVICE_DESCRIPTOR, BusType)'],
    headerBytes: [32, 'offsetof(STORAGE_DEVICE_DESCRIPTOR, RawPropertiesLength)'],
  },
  busType: {
    unknown: [0, 'BusTypeUnknown'],
    scsi: [1, 'BusTypeScsi'],
    usb: [7, 'BusTypeUsb'],
    raid: [8, 'BusTypeRAID'],
    sata: [11, 'BusTypeSata'],
    sd: [12, 'BusTypeSd'],
    mmc: [13, 'BusTypeMmc'],
    nvme: [17, 'BusTypeNvme'],
  },
  storageNumber: {
    deviceType: [0, 'offsetof(STORAGE_DEVICE_NUMBER, DeviceType)'],
    deviceNumber: [4, 'offsetof(STORAGE_DEVICE_NUMBER, DeviceNumber)'],
    bytes: [12, 'sizeof(STORAGE_DEVICE_NUMBER)'],
  },
  geometry: {
    diskSize: [24, 'offsetof(DISK_GEOMETRY_EX, DiskSize)'],
    leastBytes: [32, 'offsetof(DISK_GEOMETRY_EX, Data)'],
  },
  configManager: {
    success: [0, 'CR_SUCCESS'],
    noSuchDevice: [0x0d, 'CR_NO_SUCH_DEVNODE'],
    removeVetoed: [0x17, 'CR_REMOVE_VETOED'],
    accessDenied: [0x33, 'CR_ACCESS_DENIED'],
    callNotImplemented: [0x34, 'CR_CALL_NOT_IMPLEMENTED'],
    leastPullable: [2, 'CM_REMOVAL_POLICY_EXPECT_ORDERLY_REMOVAL'],
    pulledAtAnyTime: [3, 'CM_REMOVAL_POLICY_EXPECT_SURPRISE_REMOVAL'],
    idCharacters: [200, 'MAX_DEVICE_ID_LEN'],
  },
  veto: {
    windowsApp: [3, 'PNP_VetoWindowsApp'],
    windowsService: [4, 'PNP_VetoWindowsService'],
    outstandingOpen: [5, 'PNP_VetoOutstandingOpen'],
    device: [6, 'PNP_VetoDevice'],
    insufficientRights: [12, 'PNP_VetoInsufficientRights'],
  },
  propertyKey: { pid: [16, 'offsetof(DEVPROPKEY, pid)'], bytes: [20, 'sizeof(PROPERTYKEY)'] },
  shell: {
    apartmentThreaded: [2, 'COINIT_APARTMENTTHREADED'],
    releaseMethod: [2, 'offsetof(IShellItem2Vtbl, Release) / sizeof(void *)'],
    getInt32Method: [16, 'offsetof(IShellItem2Vtbl, GetInt32) / sizeof(void *)'],
  },
  session: {
    current: [0xffff_ffff, 'WTS_CURRENT_SESSION'],
    active: [0, 'WTSActive'],
    logOff: [0, 'EWX_LOGOFF'],
    forceIfHung: [0x10, 'EWX_FORCEIFHUNG'],
    plannedByApplication: [
      0x8004_0001,
      'SHTDN_REASON_FLAG_PLANNED | SHTDN_REASON_MAJOR_APPLICATION | SHTDN_REASON_MINOR_MAINTENANCE',
    ],
  },
  service: {
    mayConnect: [1, 'SC_MANAGER_CONNECT'],
    mayQueryStatus: [4, 'SERVICE_QUERY_STATUS'],
    statusBytes: [28, 'sizeof(SERVICE_STATUS)'],
    state: [4, 'offsetof(SERVICE_STATUS, dwCurrentState)'],
    running: [4, 'SERVICE_RUNNING'],
  },
  registry: {
    success: [0, 'ERROR_SUCCESS'],
    fileNotFound: [2, 'ERROR_FILE_NOT_FOUND'],
    pathNotFound: [3, 'ERROR_PATH_NOT_FOUND'],
    moreData: [234, 'ERROR_MORE_DATA'],
    noMoreItems: [259, 'ERROR_NO_MORE_ITEMS'],
    readIn64BitView: [0x2_0119, 'KEY_READ | KEY_WOW64_64KEY'],
    text: [1, 'REG_SZ'],
    expandableText: [2, 'REG_EXPAND_SZ'],
    number: [4, 'REG_DWORD'],
    texts: [7, 'REG_MULTI_SZ'],
    longNumber: [11, 'REG_QWORD'],
  },
  mediumError: {
    accessDenied: [5, 'ERROR_ACCESS_DENIED'],
    notReady: [21, 'ERROR_NOT_READY'],
    sharingViolation: [32, 'ERROR_SHARING_VIOLATION'],
  },
  token: {
    query: [0x0008, 'TOKEN_QUERY'],
    user: [1, 'TokenUser'],
    groups: [2, 'TokenGroups'],
    statistics: [10, 'TokenStatistics'],
    logonId: [8, 'offsetof(TOKEN_STATISTICS, AuthenticationId)'],
    firstGroup: [8, 'offsetof(TOKEN_GROUPS, Groups)'],
    groupBytes: [16, 'sizeof(SID_AND_ATTRIBUTES)'],
    groupAttributes: [8, 'offsetof(SID_AND_ATTRIBUTES, Attributes)'],
    isIntegrityLevel: [0x20, 'SE_GROUP_INTEGRITY'],
    isLogonSession: [0xc000_0000, 'SE_GROUP_LOGON_ID'],
    sidParts: [8, 'offsetof(SID, SubAuthority)'],
  },
  name: {
    samCompatible: [2, 'NameSamCompatible'],
    display: [3, 'NameDisplay'],
    userPrincipal: [8, 'NameUserPrincipal'],
  },
  logonSession: {
    logonTime: [80, 'offsetof(SECURITY_LOGON_SESSION_DATA, LogonTime)'],
    upn: [120, 'offsetof(SECURITY_LOGON_SESSION_DATA, Upn)'],
    bytes: [136, 'offsetof(SECURITY_LOGON_SESSION_DATA, Upn) + sizeof(LSA_UNICODE_STRING)'],
  },
  security: {
    fileObject: [1, 'SE_FILE_OBJECT'],
    ownerInformation: [1, 'OWNER_SECURITY_INFORMATION'],
    listInformation: [4, 'DACL_SECURITY_INFORMATION'],
    protectedList: [0x8000_0000, 'PROTECTED_DACL_SECURITY_INFORMATION'],
    sddlRevision: [1, 'SDDL_REVISION_1'],
  },
  seal: {
    noQuestions: [0x1, 'CRYPTPROTECT_UI_FORBIDDEN'],
    localMachine: [0x4, 'CRYPTPROTECT_LOCAL_MACHINE'],
    blobBytes: [16, 'sizeof(DATA_BLOB)'],
    blobData: [8, 'offsetof(DATA_BLOB, pbData)'],
  },
  process: { queryLimited: [0x1000, 'PROCESS_QUERY_LIMITED_INFORMATION'] },
  window: {
    wmNull: [0, 'WM_NULL'],
    abortIfHung: [0x2, 'SMTO_ABORTIFHUNG'],
    nearestMonitor: [2, 'MONITOR_DEFAULTTONEAREST'],
    dwmCloaked: [14, 'DWMWA_CLOAKED'],
    cloakedByShell: [2, 'DWM_CLOAKED_SHELL'],
    numberBytes: [4, 'sizeof(DWORD)'],
    pointBytes: [8, 'sizeof(POINT)'],
    rectangleBytes: [16, 'sizeof(RECT)'],
    monitorBytes: [40, 'sizeof(MONITORINFO)'],
    monitorRectangle: [4, 'offsetof(MONITORINFO, rcMonitor)'],
  },
  controller: {
    infoBytes: [52, 'sizeof(JOYINFOEX)'],
    flags: [4, 'offsetof(JOYINFOEX, dwFlags)'],
    returnAll: [0xff, 'JOY_RETURNALL'],
    found: [0, 'JOYERR_NOERROR'],
    capsBytes: [728, 'sizeof(JOYCAPSW)'],
    product: [2, 'offsetof(JOYCAPSW, wPid)'],
    name: [4, 'offsetof(JOYCAPSW, szPname)'],
    nameEnd: [68, 'offsetof(JOYCAPSW, szPname) + sizeof(((JOYCAPSW *)0)->szPname)'],
  },
  presence: {
    systemExecutionState: [16, 'SystemExecutionState'],
    busy: [2, 'QUNS_BUSY'],
    fullScreenGame: [3, 'QUNS_RUNNING_D3D_FULL_SCREEN'],
    presentation: [4, 'QUNS_PRESENTATION_MODE'],
    displayRequired: [0x2, 'ES_DISPLAY_REQUIRED'],
  },
} as const satisfies Readonly<Record<string, Entries>>;

type Numbers<Group extends Entries> = { readonly [Name in keyof Group]: Group[Name][0] };

function valuesOf<Group extends Entries>(group: Group): Numbers<Group> {
  return Object.fromEntries(Object.entries(group).map(([name, [value]]) => [name, value])) as Numbers<Group>;
}

/** GUIDs in their byte order in memory, by their names in Windows' headers. */
export const windowsGuids = {
  GUID_DEVINTERFACE_DISK: '0763f553bfb6d01194f200a0c91efb8b',
  GUID_DEVINTERFACE_CDROM: '0863f553bfb6d01194f200a0c91efb8b',
  IID_IShellItem2: 'd3b09f7e9f910743ab2e9b1860310c93',
  FOLDERID_ProgramData: '825dab62c1fdc34da9dd070d1d495d97',
  FOLDERID_LocalAppData: '8527b3f1ba6fcf4f9d557b8e7f157091',
} as const;

/** Keys of device properties (devpkey.h): the GUID in its byte order in memory, then the number. */
export const windowsPropertyKeys = {
  DEVPKEY_Device_InstanceId: ['c84fc3784a10ca4a9ea4524d52996e57', 256],
  DEVPKEY_Device_LocationPaths: ['4e255ca41cdffd4e802067d146a850e0', 37],
  DEVPKEY_Device_Service: ['4e255ca41cdffd4e802067d146a850e0', 6],
  DEVPKEY_Device_RemovalPolicy: ['4e255ca41cdffd4e802067d146a850e0', 33],
  DEVPKEY_Device_RemovalPolicyDefault: ['4e255ca41cdffd4e802067d146a850e0', 34],
} as const;

/** For the comparison with the headers: every number with its expression. */
export const checkedNumbers: readonly {
  readonly name: string;
  readonly value: number;
  readonly expression: string;
}[] = Object.entries(entries).flatMap(([group, numbers]) =>
  Object.entries<Entry>(numbers).map(([name, [value, expression]]) => ({
    name: `${group}.${name}`,
    value,
    expression,
  })),
);

/** The numbers by structure and member. */
export const windows = {
  file: valuesOf(entries.file),
  control: valuesOf(entries.control),
  driveType: valuesOf(entries.driveType),
  storageQuery: valuesOf(entries.storageQuery),
  storageDescriptor: valuesOf(entries.storageDescriptor),
  busType: valuesOf(entries.busType),
  storageNumber: valuesOf(entries.storageNumber),
  geometry: valuesOf(entries.geometry),
  configManager: valuesOf(entries.configManager),
  veto: valuesOf(entries.veto),
  propertyKey: valuesOf(entries.propertyKey),
  shell: valuesOf(entries.shell),
  session: valuesOf(entries.session),
  service: valuesOf(entries.service),
  registry: valuesOf(entries.registry),
  mediumError: valuesOf(entries.mediumError),
  token: valuesOf(entries.token),
  name: valuesOf(entries.name),
  logonSession: valuesOf(entries.logonSession),
  security: valuesOf(entries.security),
  seal: valuesOf(entries.seal),
  process: valuesOf(entries.process),
  window: valuesOf(entries.window),
  controller: valuesOf(entries.controller),
  presence: valuesOf(entries.presence),
};
