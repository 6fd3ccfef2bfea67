import type { DirectoryEntry } from '../../storage/index.js';
import { formatPath } from '../../storage/index.js';
import { Icon } from '../../web/components/icon.js';
import type { MemberVisit } from '../../web/routes.js';
import { depositAddress, newFolderAddress } from '../addresses.js';

interface DepositButtonProps {
  readonly visit: MemberVisit;
  readonly directory: DirectoryEntry;
}

/** « Déposer » with its menu. The links lead to plain forms; with scripts they open the browser's pickers. */
export function DepositButton({ visit, directory }: DepositButtonProps) {
  const words = visit.words.deposit;
  return (
    <details class="menu">
      <summary class="button filled">
        <Icon name="plus" />
        <span>{words.button}</span>
      </summary>
      <div>
        <a class="item" href={depositAddress(directory.path)} data-choose="files">
          <Icon name="up" />
          {words.files}
        </a>
        <button class="item" type="button" data-choose="folder" hidden>
          <Icon name="folder" />
          {words.folder}
        </button>
        <a class="item" href={newFolderAddress(directory.path)}>
          <Icon name="plus" />
          {words.newFolder}
        </a>
      </div>
    </details>
  );
}

/** What the script of this page has to know (`Place` of web/assets/uploads/page.ts). */
export function DepositPlace({ visit, directory }: DepositButtonProps) {
  const { account } = visit.session;
  const place = {
    directory: formatPath(directory.path),
    name: directory.name,
    accountId: account.id,
    login: account.login,
    language: visit.language,
    icons: visit.assets.icons,
    sending: visit.assets.island('sending'),
    digest: visit.assets.island('digest'),
    words: visit.words.deposit.script,
  };
  return <div hidden data-deposit-place={JSON.stringify(place)} />;
}
