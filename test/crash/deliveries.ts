import { createHash } from 'node:crypto';
import { GROUP_NAME, SERVICE_LOGIN } from '../support/appliance.js';
import type { RunningAppliance } from '../support/running.js';
import { BRIEF_DEPOSIT, DEPOSIT_IN_TRANSACTION } from './deposits.js';
import type { Doors, Operation } from './operations.js';
import { undone } from './operations.js';
import { VIEW } from './prepared.js';
import { connectSftp } from './sftp-client.js';
import { digestOf, type View } from './views.js';

const G = `/${GROUP_NAME}`;
const FILES: Readonly<Record<string, string>> = {
  [`${G}/first.csv`]: 'of a delivery',
  [`${G}/old.txt`]: 'in place of what was there',
};

/** The group takes what service accounts send with manifests. */
export async function switchOn({ operator }: RunningAppliance): Promise<void> {
  await operator.setManifests(GROUP_NAME, true);
}

/** Claire's view with all of the delivery, and its lines. */
export const DELIVERED: { readonly view: View; readonly lines: readonly string[] } = {
  view: {
    ...VIEW,
    ...Object.fromEntries(Object.entries(FILES).map(([path, content]) => [path, digestOf(content)])),
  },
  lines: Object.keys(FILES).map((path) => `deposit ok ${path}`),
};

/** Sends the manifest, then its files. @returns true when the last one was acknowledged */
export async function deliver({ sftpPort, password }: Doors): Promise<boolean> {
  const client = await connectSftp({ port: sftpPort, login: SERVICE_LOGIN, password });
  const manifest = Object.entries(FILES).map(
    ([path, content]) =>
      `${createHash('sha256').update(content).digest('hex')}  ${path.slice(G.length + 1)}\n`,
  );
  try {
    for (const [path, content] of [[`${G}/lot.sha256`, manifest.join('')], ...Object.entries(FILES)])
      await client.ask<void>((sftp, done) => sftp.writeFile(path ?? '', content ?? '', done));
    return true;
  } finally {
    client.end();
  }
}

/** Whatever is acknowledged when it dies: all of a delivery or nothing. What is complete is published by the next start. */
export const DELIVERIES: readonly Operation[] = [
  {
    name: 'a delivery with its manifest',
    act: deliver,
    passages: { 'deposit-committed': [2] },
    outcomes: [
      {
        ...undone([...BRIEF_DEPOSIT, ...DEPOSIT_IN_TRANSACTION, 'deposit-committed']),
        tried: ['deposit-committed'],
      },
      {
        labels: ['answer-stored', 'delivery-published', 'delivery-answered', 'delivery-committed'],
        ...DELIVERED,
      },
    ],
  },
];
