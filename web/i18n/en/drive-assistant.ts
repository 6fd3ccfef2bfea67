import type { driveAssistant as source } from '../fr/drive-assistant.js';

export const driveAssistant: typeof source = {
  heading: 'PEPS: mapping the network drive',
  service: {
    checking: '1. The service WebClient',
    ready: '   It is ready.',
    missing: '   This computer does not have it. On Windows Server, add the feature WebDAV Redirector.',
    disabled: '   It is disabled. Ask your IT department to set it to manual start: Services, WebClient.',
  },
  address: {
    checking: '2. The address and its certificate',
    ready: '   The address answers, the certificate is trusted.',
    unreachable:
      '   The address does not answer directly. Check your connection; behind a proxy, the rest may succeed all the same.',
    untrusted:
      '   This computer does not trust the certificate: Windows will refuse the drive (error 224). Tell your IT department.',
    expiring: '   The certificate expires in less than two weeks. Tell whoever administers PEPS.',
    unchecked: '   There is no PowerShell: nothing was checked.',
  },
  size: {
    checking: '3. The size limit of a file',
    raised: '   Files pass up to 2 GB at least.',
    limited: (limit) => `   Windows stops files of more than ${limit} MB.`,
    asAdministrator: '   To go up to 4 GB: right click on this file, Run as administrator.',
    question: 'Raise this limit to 4 GB',
    done: '   Done. Now open this assistant with a plain double click: a drive mapped by the administrator is not visible to you.',
    failed: '   The limit could not be changed.',
  },
  basicOff:
    '   Passwords for WebDAV are switched off on this computer (BasicAuthLevel 0). Your IT department can set it back to 1.',
  letters: 'All drive letters are taken. Disconnect a drive, then try again.',
  mapping: (letter) => `4. Mapping the drive ${letter}`,
  password: '   Type your PEPS password; nothing shows while you type.',
  done: (letter) => `   Done: the drive ${letter} is mapped.`,
  failed: 'The drive could not be mapped.',
  causes: {
    '67': 'Error 67: the address cannot be found. Wait a minute, then try again.',
    '53': 'Error 53: the address does not answer. Check your connection.',
    '224': 'Error 224: the certificate is not trusted. Tell your IT department.',
    '1244': 'Error 1244: Windows has not sent the password.',
    '5': 'Error 5: the user name or the password is wrong.',
    '86': 'Error 86: the password is wrong.',
    '1326': 'Error 1326: the user name or the password is wrong.',
    '85': 'Error 85: this drive letter is taken already.',
  },
  yes: 'Y',
  no: 'N',
  end: 'You may close this window.',
};
