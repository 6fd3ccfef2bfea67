/**
 * Ticks the password rules as one types, says in one sentence what is missing, and shows or hides the password.
 * The server checks all of it again; without this file the rules are simply read.
 */
const ENOUGH = 12;
const ENOUGH_WITHOUT_KINDS = 20;

const KINDS: Readonly<Record<string, RegExp>> = {
  lower: /\p{Ll}/u,
  upper: /\p{Lu}/u,
  digit: /\p{Nd}/u,
  other: /[^\p{Ll}\p{Lu}\p{Nd}]/u,
};

for (const block of document.querySelectorAll<HTMLElement>('[data-password-rules]')) enliven(block);

function enliven(block: HTMLElement): void {
  const input = block.querySelector<HTMLInputElement>('input[name="password"]');
  if (!input) return;
  for (const field of block.querySelectorAll('input')) addReveal(field, block.dataset);
  input.addEventListener('input', () => tick(block, input.value));
  tick(block, input.value);
}

function tick(block: HTMLElement, password: string): void {
  const length = [...password].length;
  const missing: string[] = [];
  for (const rule of block.querySelectorAll<HTMLElement>('[data-rule]')) {
    const isMet = meets(rule.dataset.rule ?? '', password, length);
    rule.classList.toggle('met', isMet);
    if (!isMet) missing.push(rule.dataset.text ?? '');
  }
  const typed = block.querySelector('.typed');
  if (typed) typed.textContent = length > 0 ? `· ${length} ${block.dataset.typed ?? ''}` : '';
  say(password === '' ? '' : sentence(block.dataset, missing));
}

function meets(rule: string, password: string, length: number): boolean {
  if (rule === 'length') return length >= ENOUGH;
  return length >= ENOUGH_WITHOUT_KINDS || (KINDS[rule]?.test(password) ?? false);
}

function sentence(words: DOMStringMap, missing: readonly string[]): string {
  if (missing.length === 0) return words.done ?? '';
  const last = missing.at(-1) ?? '';
  const listed = missing.length > 1 ? `${missing.slice(0, -1).join(', ')} ${words.and} ${last}` : last;
  return `${words.missing} ${listed}.`;
}

function say(text: string): void {
  const verdict = document.querySelector('[data-password-verdict]');
  if (verdict && verdict.textContent !== text) verdict.textContent = text;
}

function addReveal(field: HTMLInputElement, words: DOMStringMap): void {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'reveal';
  button.setAttribute('aria-controls', field.id);
  const show = () => {
    const isHidden = field.type === 'password';
    button.textContent = (isHidden ? words.show : words.hide) ?? '';
    button.setAttribute('aria-pressed', String(!isHidden));
  };
  button.addEventListener('click', () => {
    field.type = field.type === 'password' ? 'text' : 'password';
    show();
    field.focus();
  });
  // Browsers offer to save a password only from a field of that type.
  field.form?.addEventListener('submit', () => {
    field.type = 'password';
  });
  show();
  field.after(button);
}
