import type { drive as source } from '../fr/drive.js';

export const drive: typeof source = {
  title: 'Map a network drive',
  lead: 'Your groups in your computer’s file explorer, as one more folder.',
  openFromGroup: 'Open as a network drive',
  asked: {
    title: 'What your computer will ask you',
    address: 'Address',
    addressNote: 'It leads to all your groups and stays the same when one of them gets another name.',
    login: 'User name',
    loginNote: 'Windows may show it with the computer’s name in front: that has no effect.',
    password: 'Password',
    passwordNote: 'The one you sign in with here.',
    copyAddress: 'Copy the address',
    copyLogin: 'Copy the user name',
    copyCommand: 'Copy the command',
  },
  insecure: {
    title: 'This address is not encrypted.',
    text: 'Windows sends a password to an https address only. Ask whoever administers PEPS to set one up; until then, use the browser or SFTP.',
  },
  systems: { label: 'Your computer', windows: 'Windows', mac: 'macOS', linux: 'Linux' },
  assistant: {
    title: 'The easy way: the assistant',
    text: 'It checks the WebClient service, the address, the certificate and the size limit, says what is missing, and maps the drive. It asks for your password itself; the file does not hold it. No administrator’s rights are needed.',
    button: 'Download the assistant',
    after:
      'Open it with a double click. If Windows says “Windows protected your PC”, choose “More info”, then “Run anyway”.',
  },
  byHand: 'By hand',
  windows: {
    steps: [
      'Open File Explorer, then “This PC”.',
      'Windows 11: “…” (See more), then “Map network drive”. Windows 10: tab “Computer”, then “Map network drive”.',
      'Drive: choose a letter, Z: for example. Folder: paste the address above.',
      'Tick “Reconnect at sign-in” and “Connect using different credentials”, then “Finish”.',
      'Type your user name and your password. The drive opens: each group is a folder in it.',
    ],
    command: 'In one line, at the command prompt:',
  },
  mac: {
    steps: [
      'In the Finder, menu “Go”, then “Connect to Server” (⌘\u00a0K).',
      'Paste the address above, then “Connect”.',
      'Choose “Registered User”, type your user name and your password, and tick “Remember this password in my keychain”.',
      'The drive appears in the sidebar, under “Locations”.',
    ],
  },
  linux: {
    steps: [
      'GNOME: in Files, “Other Locations” (or “Network”), then, under “Connect to Server”, this address:',
      'KDE: in the address bar of Dolphin:',
      'On the command line, with davfs2:',
    ],
  },
  limits: {
    title: 'Good to know',
    windows: [
      {
        title: 'A file of more than 50 MB is not copied (error 0x800700DF)',
        text: 'This is the factory limit of Windows. The assistant reads it and, run as administrator, offers to raise it to 4 GB, the most that Windows can do. By hand: Registry Editor, HKLM\\SYSTEM\\CurrentControlSet\\Services\\WebClient\\Parameters, value FileSizeLimitInBytes at 4294967295 in decimal, then restart the service WebClient. Beyond that, use these pages or SFTP.',
      },
      {
        title: 'The first click takes several seconds',
        text: 'Windows looks for a proxy server. Internet Options, “Connections”, “LAN settings”: untick “Automatically detect settings”.',
      },
      {
        title: 'The password is asked for again after a restart',
        text: 'Windows does not always keep the passwords of such drives: it asks at the first click.',
      },
      {
        title: 'The free space shown is wrong',
        text: 'Windows shows that of your disk C:. The quota of your group is on the group’s page.',
      },
      {
        title: 'A file deposited just now does not show',
        text: 'Windows keeps its lists for a minute. Wait a little, then refresh (F5).',
      },
      {
        title: 'The service WebClient is missing, disabled or stopped',
        text: 'Services, WebClient, “Startup type: Manual”. On Windows Server, add the feature “WebDAV Redirector”. Microsoft announced in 2023 that this service is not developed further; it is still there in Windows 11.',
      },
      {
        title: 'A folder of more than a thousand files does not open',
        text: 'Windows refuses a list of more than a million bytes. Put these files into subfolders, or raise FileAttributesLimitInBytes at the same place of the registry.',
      },
      {
        title: 'After a correction, the error stays the same',
        text: 'Windows remembers for a minute that an address did not answer. Wait, or restart the service WebClient as administrator.',
      },
    ],
    mac: [
      {
        title: 'Files named “._” and “.DS_Store”',
        text: 'The Finder makes them beside yours. They stay yours: other members neither see them nor hear of them.',
      },
    ],
    linux: [
      {
        title: 'A drive that can only be read',
        text: 'With davfs2, leave “use_locks 1”, the factory setting: the file you change is then locked for the others.',
      },
    ],
  },

  errors: {
    title: 'Errors of Windows',
    causes: {
      notFound: {
        meaning: 'The network name cannot be found.',
        cure: 'Copy the whole address, with https:// and /dav/.',
      },
      untrusted: {
        meaning: 'Your computer does not trust the certificate.',
        cure: 'Open the address in the browser: if it warns you too, tell whoever administers PEPS. A private authority must be among the “Trusted Root Certification Authorities” of the local computer.',
      },
      wrongPassword: {
        meaning: 'The user name or the password is wrong.',
        cure: 'Try them on the sign-in page. After several attempts, wait for some minutes.',
      },
      noPassword: {
        meaning: 'Windows has not sent the password.',
        cure: 'Tick “different credentials”, and check that the address begins with https://.',
      },
      locked: {
        meaning: 'Somebody else is changing this file.',
        cure: 'Try again when they have closed it; the lock goes after an hour at the latest.',
      },
      tooLarge: { meaning: 'The file is beyond the limit of Windows.', cure: 'See “more than 50 MB” above.' },
      tooLong: {
        meaning: 'The transfer took too long for Windows.',
        cure: 'Use these pages or SFTP, which go on after a cut.',
      },
    },
  },
};
