import { GROUP_NAME, OTHER_GROUP_NAME } from '../support/appliance.js';
import { type Operation, seen, undone, without } from './operations.js';
import { VIEW } from './prepared.js';
import { addressOf, request, transfer } from './requests.js';
import { connectSftp } from './sftp-client.js';

const G = `/${GROUP_NAME}`;
const OTHER = `/${OTHER_GROUP_NAME}`;
/** Changes of the tree, and a reading. */
export const TREE_ACTS: readonly Operation[] = [
  {
    name: 'a new folder',
    act: (doors) => request(doors, 'MKCOL', `${G}/new`),
    outcomes: [
      undone(['directory-inserted']),
      {
        labels: ['directory-committed'],
        view: { ...VIEW, [`${G}/new`]: 'folder' },
        lines: [`create-directory ok ${G}/new`],
      },
    ],
  },
  {
    name: 'a renamed folder',
    act: (doors) => transfer(doors, 'MOVE', `${G}/d`, `${G}/e`),
    outcomes: [
      undone(['move-admitted', 'entry-renamed', 'relocation-recorded']),
      {
        labels: ['move-committed'],
        view: {
          ...without(`${G}/d`),
          [`${G}/e`]: 'folder',
          [`${G}/e/a.txt`]: seen(`${G}/d/a.txt`),
          [`${G}/e/sub`]: 'folder',
          [`${G}/e/sub/b.txt`]: seen(`${G}/d/sub/b.txt`),
        },
        lines: [`${G}/d`, `${G}/d/a.txt`, `${G}/d/sub`, `${G}/d/sub/b.txt`].map((path) => `move ok ${path}`),
      },
    ],
  },
  {
    name: 'a file moved over another',
    act: (doors) => transfer(doors, 'MOVE', `${G}/d/a.txt`, `${G}/target.txt`),
    outcomes: [
      undone(['move-admitted', 'tree-ended', 'tree-recorded', 'entry-renamed', 'relocation-recorded']),
      {
        labels: ['move-committed'],
        view: { ...without(`${G}/d/a.txt`), [`${G}/target.txt`]: seen(`${G}/d/a.txt`) },
        lines: [`delete ok ${G}/target.txt`, `move ok ${G}/d/a.txt`],
      },
    ],
  },
  {
    name: 'a final name after a temporary one',
    act: (doors) => transfer(doors, 'MOVE', `${G}/report.tmp`, `${G}/report.txt`),
    outcomes: [
      undone(['move-admitted', 'version-adopted', 'relocation-recorded']),
      {
        labels: ['move-committed'],
        view: { ...without(`${G}/report.tmp`), [`${G}/report.txt`]: seen(`${G}/report.tmp`) },
        lines: [`deposit ok ${G}/report.txt`],
      },
    ],
  },
  {
    name: 'a final name that is taken, after a temporary one',
    act: (doors) => transfer(doors, 'MOVE', `${G}/report.tmp`, `${G}/target.txt`),
    outcomes: [
      undone(['move-admitted', 'version-adopted', 'relocation-recorded']),
      {
        labels: ['move-committed'],
        view: { ...without(`${G}/report.tmp`), [`${G}/target.txt`]: seen(`${G}/report.tmp`) },
        lines: [`deposit ok ${G}/target.txt`],
      },
    ],
  },
  {
    name: 'a file moved into another group',
    act: (doors) => transfer(doors, 'MOVE', `${G}/old.txt`, `${OTHER}/old.txt`),
    outcomes: [
      undone(['move-admitted', 'tree-planted', 'tree-ended', 'tree-recorded', 'relocation-recorded']),
      {
        labels: ['move-committed'],
        view: { ...without(`${G}/old.txt`), [`${OTHER}/old.txt`]: seen(`${G}/old.txt`) },
        lines: [`deposit ok ${OTHER}/old.txt`, `delete ok ${G}/old.txt`],
      },
    ],
  },
  {
    name: 'a copied folder',
    act: (doors) => transfer(doors, 'COPY', `${G}/d`, `${G}/e`),
    outcomes: [
      undone(['tree-planted', 'relocation-recorded']),
      {
        labels: ['copy-committed'],
        view: {
          ...VIEW,
          [`${G}/e`]: 'folder',
          [`${G}/e/a.txt`]: seen(`${G}/d/a.txt`),
          [`${G}/e/sub`]: 'folder',
          [`${G}/e/sub/b.txt`]: seen(`${G}/d/sub/b.txt`),
        },
        lines: [`${G}/d`, `${G}/d/a.txt`, `${G}/d/sub`, `${G}/d/sub/b.txt`].map((path) => `copy ok ${path}`),
      },
    ],
  },
  {
    name: 'a deleted file',
    act: (doors) => request(doors, 'DELETE', `${G}/old.txt`),
    outcomes: [
      undone(['tree-ended', 'tree-recorded']),
      {
        labels: ['removal-committed'],
        view: without(`${G}/old.txt`),
        lines: [`delete ok ${G}/old.txt`],
      },
    ],
  },
  {
    name: 'a deleted folder with all it holds',
    act: (doors) => request(doors, 'DELETE', `${G}/d`),
    outcomes: [
      undone(['tree-ended', 'tree-recorded']),
      {
        labels: ['removal-committed'],
        view: without(`${G}/d`),
        lines: [`${G}/d`, `${G}/d/a.txt`, `${G}/d/sub`, `${G}/d/sub/b.txt`].map(
          (path) => `delete ok ${path}`,
        ),
      },
    ],
  },
  {
    name: 'a file read over SFTP',
    async act(doors) {
      const client = await connectSftp(addressOf(doors));
      try {
        await client.ask<Buffer>((sftp, done) => sftp.readFile(`${G}/large.txt`, done));
        return true;
      } finally {
        client.end();
      }
    },
    outcomes: [
      {
        labels: ['transfer-begun', 'transfer-ended'],
        view: VIEW,
        lines: [`read interrupted ${G}/large.txt`],
      },
      { labels: ['reading-recorded'], view: VIEW, lines: [`download ok ${G}/large.txt`] },
    ],
  },
];
