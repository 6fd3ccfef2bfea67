import {
  type DirectoryEntry,
  type Entry,
  type FileEntry,
  formatPath,
  type LockHolder,
} from '../storage/index.js';
import { LinkButton } from '../web/components/button.js';
import { FileTile } from '../web/components/file-tile.js';
import { Icon } from '../web/components/icon.js';
import { Instant } from '../web/components/instant.js';
import { ManyRows } from '../web/components/many-rows.js';
import { CELL, HEADING, ROW, ROW_GROUP, ROW_HEADING, TABLE } from '../web/components/table-roles.js';
import type { MemberVisit } from '../web/routes.js';
import { archiveAddress, directoryAddress, downloadAddress, entryAddress, fileAddress } from './addresses.js';
import { heldBy } from './held-by.js';
import { MiddleCut, tooltipOf } from './middle-cut.js';
import { type Sorting, sortDirection, sortingQuery } from './sorting.js';

interface EntryTableProps {
  readonly visit: MemberVisit;
  readonly entries: readonly Entry[];
  readonly caption: string;
  /** Folders take drops. */
  readonly mayDeposit: boolean;
  readonly sorting: Sorting;
  /** How many new files an entry is or holds. */
  readonly newsOf: (entry: Entry) => number;
  /** By entry id: who keeps it for himself. */
  readonly holderOf: ReadonlyMap<string, LockHolder>;
}

const COLUMNS = [
  ['name', 'name'],
  ['date', 'deposited'],
  ['size', 'size'],
] as const;

/** The files and folders of one place, each with its sender and date; a file also with its arrow. */
export function EntryTable({
  visit,
  entries,
  caption,
  mayDeposit,
  sorting,
  newsOf,
  holderOf,
}: EntryTableProps) {
  const words = visit.words.portal.group;
  return (
    <>
      <SortLinks visit={visit} sorting={sorting} />
      <table class="entries" {...TABLE}>
        <caption class="unseen">{caption}</caption>
        <thead {...ROW_GROUP}>
          <tr {...ROW}>
            <th {...HEADING} class="pick">
              <span class="unseen">{visit.words.selection.label}</span>
              <input type="checkbox" data-pick-all hidden aria-label={visit.words.selection.all} />
            </th>
            {COLUMNS.map(([order, label]) => (
              <th
                {...HEADING}
                class={order === 'size' ? 'size' : undefined}
                aria-sort={sortDirection(order, sorting)}
              >
                <a href={sortingQuery(order, sorting)}>
                  {words[label]}
                  {order === sorting.order ? (
                    <Icon name="chev" class={sorting.isDescending ? 'downwards' : 'upside-down'} />
                  ) : null}
                </a>
              </th>
            ))}
            <th {...HEADING}>
              <span class="unseen">{words.download}</span>
            </th>
          </tr>
        </thead>
        <ManyRows
          items={entries}
          row={(entry) =>
            entry.kind === 'file' ? (
              <FileRow visit={visit} file={entry} isNew={newsOf(entry) > 0} holder={holderOf.get(entry.id)} />
            ) : (
              <DirectoryRow
                {...{ visit, mayDeposit }}
                directory={entry}
                newCount={newsOf(entry)}
                holder={holderOf.get(entry.id)}
              />
            )
          }
        />
      </table>
    </>
  );
}

interface FileRowProps {
  readonly visit: MemberVisit;
  readonly file: FileEntry;
  readonly isNew: boolean;
  readonly holder: LockHolder | undefined;
}

function FileRow({ visit, file, isNew, holder }: FileRowProps) {
  const words = visit.words.portal.group;
  const isOwn = file.depositor.id === visit.session.account.id;
  const size = visit.format.size(file.sizeBytes);
  return (
    <tr {...ROW}>
      <Pick visit={visit} entry={file} />
      <td {...ROW_HEADING} class="name">
        <FileTile name={file.name} kind="file" />
        <a href={fileAddress(file.id)} title={tooltipOf(file.name)}>
          <MiddleCut name={file.name} />
        </a>
        {isNew ? <New>{words.isNew}</New> : null}
      </td>
      <td {...CELL} class="who">
        <span>{isOwn ? visit.words.portal.home.you : file.depositor.name}</span>
        <span class="meta">
          {file.isPublished ? <Instant at={file.depositedAt} format={visit.format} /> : words.pending}
        </span>
        <Held visit={visit} holder={holder} />
      </td>
      <td {...CELL} class="size">
        {size}
      </td>
      <td {...CELL} class="act">
        <LinkButton
          look={isNew ? 'filled' : 'outline'}
          icon="down"
          href={downloadAddress(file.id)}
          label={words.downloadFile(file.name, size)}
        />
        <More visit={visit} entry={file} />
      </td>
    </tr>
  );
}

function DirectoryRow({
  visit,
  directory,
  mayDeposit,
  newCount,
  holder,
}: {
  readonly visit: MemberVisit;
  readonly directory: DirectoryEntry;
  readonly mayDeposit: boolean;
  readonly newCount: number;
  readonly holder: LockHolder | undefined;
}) {
  return (
    <tr {...ROW} data-folder={mayDeposit ? formatPath(directory.path) : undefined}>
      <Pick visit={visit} entry={directory} />
      <td {...ROW_HEADING} class="name">
        <FileTile name={directory.name} kind="directory" />
        <a href={directoryAddress(directory.path)} title={tooltipOf(directory.name)}>
          <MiddleCut name={directory.name} />
        </a>
        {newCount > 0 ? <New>{visit.words.portal.group.holdsNew(newCount)}</New> : null}
      </td>
      <td {...CELL} class="who">
        <span>{visit.words.portal.group.folder}</span>
        <span class="meta">
          <Instant at={directory.modifiedAt} format={visit.format} style="day" />
        </span>
        <Held visit={visit} holder={holder} />
      </td>
      <td {...CELL} class="size" />
      <td {...CELL} class="act">
        <LinkButton
          look="outline"
          icon="down"
          href={archiveAddress(directory.id)}
          label={visit.words.portal.group.downloadFolder(directory.name)}
        />
        {directory.path.segments.length > 1 ? <More visit={visit} entry={directory} /> : null}
      </td>
    </tr>
  );
}

function Pick({ visit, entry }: { readonly visit: MemberVisit; readonly entry: Entry }) {
  return (
    <td {...CELL} class="pick">
      <input type="checkbox" name="element" value={entry.id} aria-label={visit.words.selection.pick} />
    </td>
  );
}

function Held({ visit, holder }: { readonly visit: MemberVisit; readonly holder: LockHolder | undefined }) {
  return holder === undefined ? null : (
    <span class="meta held">
      <Icon name="lock" />
      {heldBy(visit, holder)}
    </span>
  );
}

function New({ children }: { readonly children: string }) {
  return <span class="new">{children}</span>;
}

function More({ visit, entry }: { readonly visit: MemberVisit; readonly entry: Entry }) {
  return (
    <LinkButton
      look="text"
      icon="dots"
      href={entryAddress(entry.id)}
      label={visit.words.entryActs.otherActs}
    />
  );
}

/** The headings' choice again, where small screens have no headings. */
function SortLinks({ visit, sorting }: Pick<EntryTableProps, 'visit' | 'sorting'>) {
  const words = visit.words.portal.group;
  return (
    <nav class="sorting" aria-label={words.sort}>
      {COLUMNS.map(([order, label]) => (
        <a href={sortingQuery(order, sorting)} aria-current={order === sorting.order ? 'true' : undefined}>
          {words[label]}
          {order === sorting.order ? (
            <Icon name="chev" class={sorting.isDescending ? 'downwards' : 'upside-down'} />
          ) : null}
        </a>
      ))}
    </nav>
  );
}
