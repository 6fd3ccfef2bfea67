import { element } from './element.js';
import type { Choice, Taken } from './items.js';
import { count, fill, type Place } from './page.js';

/** Asks for each taken name, or once for all that are left. Esc leaves out what is left. */
export async function askAboutClashes(taken: readonly Taken[], place: Place): Promise<Choice[]> {
  const choices: Choice[] = [];
  for (const [index, one] of taken.entries()) {
    const others = taken.length - index - 1;
    const { choice, isForAll } = await askOnce(one, others, place);
    choices.push(choice);
    if (isForAll) return [...choices, ...Array<Choice>(others).fill(choice)];
  }
  return choices;
}

async function askOnce({ name, facts }: Taken, others: number, { words, language }: Place) {
  const box = element('input', { type: 'checkbox', name: 'all' });
  const dialog = open(
    fill(words.clashTitle, { name }),
    element('p', {}, facts.endsWith('.') ? facts : fill(words.clashText, { facts })),
    others === 0 ? null : element('label', { class: 'check' }, box, count(language, words.clashAll, others)),
    element(
      'div',
      { class: 'actions' },
      button('keep-both', words.keepBoth, 'filled'),
      button('replace', words.replace, 'outline'),
      button('skip', words.skip, 'text'),
    ),
  );
  const answer = await closed(dialog);
  // Esc, like « Ignorer » for all, sends nothing that was not decided.
  const choice: Choice = answer === 'replace' || answer === 'keep-both' ? answer : null;
  return { choice, isForAll: box.checked || answer === '' };
}

/** Asks for the password until it is right. What waits goes on from where it was. */
export async function askToSignIn({ words, login }: Place): Promise<void> {
  const password = element('input', {
    ...{ type: 'password', name: 'password', id: 'again-password', required: '' },
    autocomplete: 'current-password',
  });
  const fault = element('p', { class: 'fault', role: 'alert' });
  const form = element(
    'form',
    { class: 'stack-form' },
    element('p', {}, fill(words.signInText, { login })),
    element(
      'div',
      { class: 'field' },
      element('label', { for: 'again-password' }, words.password),
      password,
      fault,
    ),
    element('div', { class: 'actions' }, button('go', words.signIn, 'filled')),
  );
  const dialog = open(words.signInTitle, form);
  // Without an answer nothing could go on: the question stays.
  dialog.addEventListener('cancel', (event) => event.preventDefault());
  password.focus();
  await new Promise<void>((resolve) => {
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      fault.textContent = '';
      if (await signIn(login, password.value)) return resolve();
      fault.textContent = words.signInWrong;
      password.select();
    });
  });
  dialog.close();
}

async function signIn(login: string, password: string): Promise<boolean> {
  const body = new URLSearchParams({ login, password, next: '/menu' });
  const response = await fetch('/connexion', { method: 'POST', body }).catch(() => undefined);
  return response?.ok === true;
}

function open(title: string, ...children: readonly (Node | null)[]): HTMLDialogElement {
  const heading = element('h2', { id: 'dialog-title', tabindex: '-1' }, title);
  const dialog = element('dialog', { class: 'dialog', 'aria-labelledby': 'dialog-title' });
  const hasForm = children.some((child) => child instanceof HTMLFormElement);
  const body = hasForm ? children : [element('form', { method: 'dialog' }, ...children)];
  dialog.append(heading, ...body.filter((child) => child !== null));
  document.body.append(dialog);
  dialog.addEventListener('close', () => dialog.remove());
  dialog.showModal();
  return dialog;
}

function closed(dialog: HTMLDialogElement): Promise<string> {
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue), { once: true });
  });
}

function button(value: string, words: string, look: string): HTMLButtonElement {
  return element('button', { class: `button ${look}`, value }, words);
}
