/** Copies a text to the clipboard and says so on the button; without this file the button stays hidden. */
const SAID_MILLISECONDS = 2500;

reveal();
document.addEventListener('page-shown', reveal);

function reveal(): void {
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-copy][hidden]')) {
    button.hidden = false;
    button.addEventListener('click', () => void copy(button));
  }
}

async function copy(button: HTMLButtonElement): Promise<void> {
  await navigator.clipboard.writeText(button.dataset.copy ?? '');
  const words = button.querySelector('[data-said]');
  if (!words) return;
  const before = words.textContent;
  words.textContent = button.dataset.copied ?? '';
  button.classList.add('done');
  setTimeout(() => {
    words.textContent = before;
    button.classList.remove('done');
  }, SAID_MILLISECONDS);
}
