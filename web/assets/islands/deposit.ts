import './selection.js';
import type { Patience, Verdict } from '../uploads/asking.js';
import { reveal, watchChoosers } from '../uploads/chooser.js';
import { Dock } from '../uploads/dock.js';
import { watchDrops } from '../uploads/drop-zone.js';
import { type Chosen, gatherDropped, gatherPicked } from '../uploads/gather.js';
import { type Choice, type Item, newItem, type SendingModule } from '../uploads/items.js';
import { currentPlace, type Place } from '../uploads/page.js';
import { Queue } from '../uploads/queue.js';
import { keepWindow } from '../uploads/travel.js';

/** Deposits by dropping and choosing. Without this file the page's links lead to a plain form. */
/** The list below is fetched anew as files arrive; of many at once seldom, for it is long then and takes the page's time. */
const REFRESH_MS = 3000;
const MANY = 100;
const REFRESH_OF_MANY_MS = 15_000;

const started = currentPlace();
if (started) start(started);

function start(place: Place): void {
  const queue: Queue = new Queue(place, {
    changed: () => dock.changed(),
    deposited: () => refreshSoon(),
    taken: askAbout,
    signIn,
    load,
  });
  const dock = new Dock(place, queue);
  const travel = keepWindow({
    isNeeded: () => queue.isBusy,
    arrived: () => document.dispatchEvent(new Event('page-shown')),
    failed: () => dock.note(place.words.noAnswer),
  });
  document.addEventListener('page-shown', reveal);
  let asked: Promise<void> | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function signIn(): Promise<void> {
    asked ??= load()
      .then(({ askToSignIn }) => askToSignIn(place))
      .finally(() => {
        asked = undefined;
      });
    return asked;
  }

  async function askAbout({ name, sentence }: Item): Promise<Choice> {
    const { askAboutClashes } = await load();
    const [choice = null] = await askAboutClashes([{ name, facts: sentence }], place);
    return choice;
  }

  /** Browsers keep what they have loaded; what failed is asked for again. */
  function load(): Promise<SendingModule> {
    return import(place.sending);
  }

  function refreshSoon(): void {
    const isLast = !queue.isBusy;
    if (timer !== undefined && !isLast) return;
    clearTimeout(timer);
    const pause = queue.items.length > MANY ? REFRESH_OF_MANY_MS : REFRESH_MS;
    timer = setTimeout(
      () => {
        timer = undefined;
        void travel.refresh();
      },
      isLast ? 0 : pause,
    );
  }

  const patience: Patience = { waiting: () => dock.note(place.words.noAnswer), signIn };

  async function deposit(gather: () => Chosen | Promise<Chosen>, directory: string): Promise<void> {
    dock.note(place.words.looking);
    try {
      const { files, folders } = await gather();
      const { judge, makeFolders } = await load();
      if (folders.length > 0) await makeFolders(directory, folders, patience);
      const verdicts = await judge(directory, files, patience);
      dock.note('');
      const choices = await choose(files, verdicts);
      queue.add(
        files.flatMap(({ path, file }, index) => {
          const item = itemOf(`${directory}/${path}`, file, verdicts[index], choices.get(index));
          return item ? [item] : [];
        }),
      );
      if (files.length === 0) refreshSoon();
    } catch (error) {
      dock.note(error instanceof Error && error.name === 'Refused' ? error.message : place.words.notBegun);
    }
  }

  /** By the file's place in the list: what to do with each whose name is taken. */
  async function choose(files: Chosen['files'], verdicts: readonly Verdict[]): Promise<Map<number, Choice>> {
    const taken = files.flatMap(({ path }, index) => {
      const verdict = verdicts[index];
      return verdict?.kind === 'taken' ? [{ index, name: path, facts: verdict.facts }] : [];
    });
    if (taken.length === 0) return new Map();
    const { askAboutClashes } = await load();
    const choices = await askAboutClashes(taken, place);
    return new Map(taken.map(({ index }, turn) => [index, choices[turn] ?? null]));
  }

  watchDrops((transfer, directory) => {
    // The entries must be taken before the event is over.
    const gathered = gatherDropped(transfer);
    void deposit(() => gathered, directory);
  });
  watchChoosers((files) => {
    const directory = currentPlace()?.directory;
    if (directory !== undefined) void deposit(() => gatherPicked(files), directory);
  });
}

function itemOf(
  path: string,
  file: File,
  verdict: Verdict | undefined,
  choice: Choice | undefined,
): Item | null {
  if (choice === null) return null;
  const item = newItem(path, file, choice ?? 'none');
  if (verdict?.kind === 'refused') {
    item.state = 'refused';
    item.sentence = verdict.sentence;
  }
  return item;
}
