/**
 * Keeps the window while files are on their way: links and forms of the portal fetch the next page and put its parts in place of
 * those shown. Where that fails, or nothing is on its way, the browser does it as ever.
 */
const PARTS = ['.side nav', 'main', '.bottom', '.bar'];
const LEAVES = /\/(?:telecharger|deconnexion|administration|langue|apercu)(?:\/|$)/u;

export interface Travel {
  /** The list as it is now, unless somebody is in the middle of something there. */
  refresh(): Promise<void>;
}

/** `isNeeded` is asked at each step; `arrived` hears of every page that was put in place. */
export function keepWindow(isNeeded: () => boolean, arrived: () => void): Travel {
  const go = async (url: string, init: RequestInit, isNew: boolean) => {
    const page = await fetchPage(url, init);
    if (page === null) {
      if (init.method === undefined) location.assign(url);
      return;
    }
    if (isNew) history.pushState({}, '', page.url);
    show(page.document);
    arrived();
    if (isNew) scrollTo(0, 0);
    document.querySelector<HTMLElement>('h1')?.focus();
  };
  document.addEventListener('click', (event) => {
    const url = isNeeded() ? linkOf(event) : null;
    if (url === null) return;
    event.preventDefault();
    void go(url, {}, true);
  });
  document.addEventListener('submit', (event) => {
    const sent = isNeeded() ? formOf(event) : null;
    if (sent === null) return;
    event.preventDefault();
    void go(sent.url, sent.init, true);
  });
  addEventListener('popstate', () => {
    if (isNeeded()) void go(location.href, {}, false);
    else location.reload();
  });
  addEventListener('beforeunload', (event) => {
    if (isNeeded()) event.preventDefault();
  });
  return { refresh: () => refresh(arrived) };
}

function linkOf(event: MouseEvent): string | null {
  if (event.defaultPrevented || event.button !== 0) return null;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return null;
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (!link || link.origin !== location.origin || link.target || link.hasAttribute('download')) return null;
  if (LEAVES.test(link.pathname) || (link.hash !== '' && link.pathname === location.pathname)) return null;
  return link.href;
}

function formOf(event: SubmitEvent): { readonly url: string; readonly init: RequestInit } | null {
  const form = event.target;
  if (event.defaultPrevented || !(form instanceof HTMLFormElement) || form.method === 'dialog') return null;
  const url = new URL(form.action);
  if (form.enctype !== 'application/x-www-form-urlencoded' || LEAVES.test(url.pathname)) return null;
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form, event.submitter)) fields.append(name, String(value));
  if (form.method === 'post') return { url: url.href, init: { method: 'POST', body: fields } };
  url.search = fields.toString();
  return { url: url.href, init: {} };
}

async function fetchPage(url: string, init: RequestInit) {
  const response = await fetch(url, init).catch(() => null);
  const isPage = response?.headers.get('content-type')?.startsWith('text/html') ?? false;
  if (!response || !isPage) return null;
  const made = new DOMParser().parseFromString(await response.text(), 'text/html');
  return made.body.className === 'shell' ? { url: response.url, document: made } : null;
}

function show(next: Document): void {
  document.title = next.title;
  document.documentElement.lang = next.documentElement.lang;
  for (const selector of PARTS) {
    const part = next.querySelector(selector);
    if (part) document.querySelector(selector)?.replaceWith(part);
  }
  document.querySelector('h1')?.setAttribute('tabindex', '-1');
  for (const { src } of next.querySelectorAll<HTMLScriptElement>('script[src]'))
    if (!document.querySelector(`script[src="${new URL(src).pathname}"]`)) {
      const script = document.createElement('script');
      script.type = 'module';
      script.src = src;
      document.head.append(script);
    }
}

async function refresh(arrived: () => void): Promise<void> {
  const isInUse =
    'main :is(input, textarea, select):focus, main input:checked, main details[open], dialog[open]';
  if (document.querySelector(isInUse)) return;
  const { href } = location;
  const page = await fetchPage(href, {});
  if (page === null || location.href !== href || document.querySelector(isInUse)) return;
  const focused = document.activeElement?.closest('main a')?.getAttribute('href');
  const part = page.document.querySelector('main');
  if (part) document.querySelector('main')?.replaceWith(part);
  if (focused) document.querySelector<HTMLElement>(`main a[href="${CSS.escape(focused)}"]`)?.focus();
  arrived();
}
