import type { Entry, FileEntry, News } from '../storage/index.js';
import { Avatar } from '../web/components/avatar.js';
import { LinkButton } from '../web/components/button.js';
import { Instant } from '../web/components/instant.js';
import type { MemberVisit } from '../web/routes.js';
import { directoryAddress, fileAddress, newsArchiveAddress } from './addresses.js';

/** Enough to say that there is a lot. */
export const MAX_NEWS = 1000;
const SHOWN_PER_GROUP = 5;

/** What one has not seen yet, group by group, and one button for all of each. */
export function NewsSection({
  visit,
  news,
}: {
  readonly visit: MemberVisit;
  readonly news: readonly News[];
}) {
  const words = visit.words.portal.news;
  return (
    <>
      {news.map((one) => (
        <section>
          <div class="news-head">
            <h2>
              <a href={directoryAddress({ segments: [one.directory] })}>{one.directory}</a>
              {words.count(one.files.length)}
            </h2>
            <NewsButton
              visit={visit}
              groupEntryId={one.groupEntryId}
              files={one.files}
              group={one.directory}
              isBesideTitle
            />
          </div>
          <ul class="news">
            {one.files.slice(0, SHOWN_PER_GROUP).map((file) => (
              <li>
                <Deposit visit={visit} file={file} />
              </li>
            ))}
            {one.files.length > SHOWN_PER_GROUP ? (
              <li>
                <a href={directoryAddress({ segments: [one.directory] })}>
                  {words.others(one.files.length - SHOWN_PER_GROUP)}
                </a>
              </li>
            ) : null}
          </ul>
        </section>
      ))}
    </>
  );
}

/** « Tout télécharger ce qui est nouveau », with how much that is. */
export function NewsButton({
  visit,
  groupEntryId,
  files,
  group,
  isBesideTitle = false,
}: {
  readonly visit: MemberVisit;
  readonly groupEntryId: string;
  readonly files: readonly FileEntry[];
  readonly group: string;
  /** The title beside it says already what is meant. */
  readonly isBesideTitle?: boolean;
}) {
  const words = visit.words.portal.news;
  const size = visit.format.size(files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
  const shown = isBesideTitle ? words.takeAll(size) : words.takeNew(size);
  return (
    <LinkButton
      look="outline"
      icon="down"
      href={newsArchiveAddress(groupEntryId)}
      label={words.takeLabel(shown, group, files.length)}
    >
      {shown}
    </LinkButton>
  );
}

/** « Claire Moreau a déposé présences.xlsx » and where, when, how large. */
export function Deposit({ visit, file }: { readonly visit: MemberVisit; readonly file: FileEntry }) {
  const words = visit.words.portal.home;
  const isOwn = file.depositor.id === visit.session.account.id;
  return (
    <>
      <Avatar name={file.depositor.name} side={file.depositor.side} />
      <div class="news-words">
        <p>
          <b>{isOwn ? words.you : file.depositor.name}</b> {isOwn ? words.youDeposited : words.deposited}{' '}
          <a href={fileAddress(file.id)}>{file.name}</a>
        </p>
        <p class="meta">
          {file.path.segments.slice(0, -1).join(' / ')} · {visit.format.size(file.sizeBytes)} ·{' '}
          <Instant at={file.depositedAt} format={visit.format} />
        </p>
      </div>
      <LinkButton look="outline" href={fileAddress(file.id)} label={words.seeFile(file.name)}>
        {words.see}
      </LinkButton>
    </>
  );
}

/** How many new files an entry of a list is or holds, by its id or, of a folder, by its path. */
export function countNews(news: readonly News[]): (entry: Entry) => number {
  const counts = new Map<string, number>();
  for (const file of news.flatMap(({ files }) => files)) {
    counts.set(file.id, 1);
    for (let depth = 1; depth < file.path.segments.length; depth++) {
      const folder = file.path.segments.slice(0, depth).join('/');
      counts.set(folder, (counts.get(folder) ?? 0) + 1);
    }
  }
  return (entry) => counts.get(entry.kind === 'file' ? entry.id : entry.path.segments.join('/')) ?? 0;
}
