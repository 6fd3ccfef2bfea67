import type { Words } from '../web/i18n/words.js';

export interface AssistantFacts {
  /** `https://HOST/dav/`. */
  readonly address: URL;
  readonly login: string;
}

type Says = Words['driveAssistant'];

const PARAMETERS = 'HKLM\\SYSTEM\\CurrentControlSet\\Services\\WebClient\\Parameters';
/** Windows' own limit where nobody set another, 50,000,000 bytes. */
const FACTORY_LIMIT = '0x2faf080';

/**
 * A command file for Windows that checks what a network drive needs, says in words what is missing, and maps it. It holds no
 * password: `net use` asks for it. What is put into it is either quoted as a variable or escaped as words, so that neither a
 * host nor a login can become a command.
 */
export function driveAssistant(facts: AssistantFacts, says: Says): string {
  const lines = [
    ...opening(facts, says),
    ...serviceCheck(says),
    ...addressCheck(says),
    ...sizeCheck(says),
    ...mapping(says),
    ...endings(says),
  ];
  return lines.map((line) => `${line}\r\n`).join('');
}

function opening({ address, login }: AssistantFacts, says: Says): string[] {
  return [
    '@echo off',
    'setlocal EnableExtensions DisableDelayedExpansion',
    // The words below are UTF-8.
    'chcp 65001 >nul',
    'title PEPS',
    variable('ADDRESS', address.href),
    variable('PEPS_HOST', address.hostname.replace(/^\[|\]$/gu, '')),
    variable('PEPS_PORT', address.port === '' ? '443' : address.port),
    variable('LOGIN', login),
    'set "DRIVE=%~1"',
    echo(says.heading),
    'echo.',
  ];
}

function serviceCheck({ service, basicOff }: Says): string[] {
  return [
    echo(service.checking),
    'sc query WebClient >nul 2>nul',
    'if errorlevel 1 goto service_missing',
    'reg query "HKLM\\SYSTEM\\CurrentControlSet\\Services\\WebClient" /v Start 2>nul | find "0x4" >nul',
    'if not errorlevel 1 goto service_disabled',
    // Windows starts it by itself when a drive is mapped; starting it here takes an administrator, and saves a second.
    'net start WebClient >nul 2>nul',
    echo(service.ready),
    `reg query "${PARAMETERS}" /v BasicAuthLevel 2>nul | find "0x0" >nul`,
    'if errorlevel 1 goto basic_is_on',
    echo(basicOff),
    ':basic_is_on',
    'echo.',
  ];
}

/** Connects as the drive will, and looks at the certificate; 2, 3 and 4 are what it found wrong. */
const LOOK_AT_CERTIFICATE = [
  "$ErrorActionPreference='Stop'",
  'try{$c=New-Object Net.Sockets.TcpClient',
  '$c.Connect($env:PEPS_HOST,[int]$env:PEPS_PORT)}catch{exit 2}',
  'try{$s=New-Object Net.Security.SslStream($c.GetStream())',
  '$s.AuthenticateAsClient($env:PEPS_HOST,$null,3072,$false)}catch{exit 3}',
  '$x=New-Object Security.Cryptography.X509Certificates.X509Certificate2($s.RemoteCertificate)',
  'if($x.NotAfter -lt (Get-Date).AddDays(14)){exit 4}',
  'exit 0',
].join(';');

function addressCheck({ address }: Says): string[] {
  return [
    echo(address.checking),
    'where powershell >nul 2>nul',
    'if errorlevel 1 goto address_unchecked',
    `powershell -NoProfile -ExecutionPolicy Bypass -Command "${LOOK_AT_CERTIFICATE}" >nul 2>nul`,
    'set "FOUND=%errorlevel%"',
    'if "%FOUND%"=="2" goto address_unreachable',
    'if "%FOUND%"=="3" goto address_untrusted',
    'if "%FOUND%"=="4" goto address_expiring',
    echo(address.ready),
    'goto address_done',
    ':address_unchecked',
    echo(address.unchecked),
    'goto address_done',
    ':address_unreachable',
    echo(address.unreachable),
    'goto address_done',
    ':address_untrusted',
    echo(address.untrusted),
    'goto address_done',
    ':address_expiring',
    echo(address.expiring),
    ':address_done',
    'echo.',
  ];
}

function sizeCheck({ size, yes, no }: Says): string[] {
  return [
    echo(size.checking),
    `set "LIMIT=${FACTORY_LIMIT}"`,
    `for /f "tokens=3" %%V in ('reg query "${PARAMETERS}" /v FileSizeLimitInBytes 2^>nul ^| find "0x"') do set "LIMIT=%%V"`,
    // Its numbers end at 2 GB: what it cannot divide is above.
    'set "LIMIT_MB="',
    'set /a LIMIT_MB=LIMIT/1000000 >nul 2>nul',
    'if not defined LIMIT_MB goto size_raised',
    'if %LIMIT_MB% LSS 0 goto size_raised',
    'if %LIMIT_MB% GEQ 2000 goto size_raised',
    echo(size.limited('\u0000LIMIT_MB\u0000')),
    'net session >nul 2>nul',
    'if errorlevel 1 goto size_as_administrator',
    `choice /C ${yes}${no} /M "${words(size.question)}"`,
    'if errorlevel 2 goto size_done',
    `reg add "${PARAMETERS}" /v FileSizeLimitInBytes /t REG_DWORD /d 4294967295 /f >nul 2>nul`,
    'if errorlevel 1 goto size_failed',
    'net stop WebClient >nul 2>nul',
    'net start WebClient >nul 2>nul',
    echo(size.done),
    'goto end',
    ':size_failed',
    echo(size.failed),
    'goto size_done',
    ':size_as_administrator',
    echo(size.asAdministrator),
    'goto size_done',
    ':size_raised',
    echo(size.raised),
    ':size_done',
    'echo.',
  ];
}

function mapping(says: Says): string[] {
  return [
    'if defined DRIVE goto drive_chosen',
    'for %%L in (Z Y X W V U T S R Q P O N M L K J I H G F E) do if not defined DRIVE call :try_letter %%L',
    'if not defined DRIVE goto no_letter',
    ':drive_chosen',
    echo(says.mapping('\u0000DRIVE\u0000')),
    echo(says.password),
    'set "SAID=%TEMP%\\peps-%RANDOM%.txt"',
    'net use "%DRIVE%" "%ADDRESS%" * /user:"%LOGIN%" /persistent:yes 2>"%SAID%"',
    'if errorlevel 1 goto failed',
    'del "%SAID%" >nul 2>nul',
    echo(says.done('\u0000DRIVE\u0000')),
    'start "" explorer.exe "%DRIVE%\\"',
    'goto end',
  ];
}

function endings(says: Says): string[] {
  return [
    ':failed',
    'type "%SAID%"',
    echo(says.failed),
    ...Object.entries(says.causes).flatMap(([code, sentence]) => [
      `find " ${code} " "%SAID%" >nul 2>nul`,
      `if not errorlevel 1 ${echo(sentence)}`,
    ]),
    'del "%SAID%" >nul 2>nul',
    'goto end',
    ':service_missing',
    echo(says.service.missing),
    'goto end',
    ':service_disabled',
    echo(says.service.disabled),
    'goto end',
    ':no_letter',
    echo(says.letters),
    ':end',
    'echo.',
    echo(says.end),
    'pause >nul',
    'endlocal',
    'exit /b',
    // A letter is free when no disk has it and no drive that is not connected right now was promised it.
    ':try_letter',
    'if exist %1:\\ exit /b',
    'net use %1: >nul 2>nul',
    'if errorlevel 1 set "DRIVE=%1:"',
    'exit /b',
  ];
}

/** Inside quotes only a percent sign, and a quote itself, mean something. */
function variable(name: string, value: string): string {
  if (/["\r\n]/u.test(value)) throw new Error(`${name} cannot stand in a command file.`);
  return `set "${name}=${value.replaceAll('%', '%%')}"`;
}

function echo(sentence: string): string {
  return `echo ${words(sentence)}`;
}

/** Words as `echo` says them; what stands between two U+0000 is a variable's name. */
function words(sentence: string): string {
  // A console may lack the signs of good typography.
  const plain = sentence
    .replaceAll('\u00a0', ' ')
    .replaceAll('’', "'")
    .replace(/[«»“”] ?/gu, '"');
  const escaped = plain.replaceAll('%', '%%').replace(/[\^&|<>()]/gu, '^$&');
  return escaped.split('\u0000').join('%');
}
