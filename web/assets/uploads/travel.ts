/**
 * Keeps the window while files are on their way: links and forms of the portal fetch the next page and put its parts in place of
 * those shown. Where that fails, or nothing is on its way, the browser does it as ever.
 */
const PARTS = ['.side nav', 'main', '.bottom', '.bar'];
/** What is no page of the portal, or has rules of its own: downloads, tables, previews, other doors of the house. */
const LEAVES =
  /\/(?:telecharger|deconnexion|administration|langue|apercu)(?:\/|$)|\.(?:csv|cmd)$|[?&]apercu=/u;

export interface Travel {
  /** The list as it is now, unless somebody is in the middle of something there. */
  refresh(): Promise<void>;
}

export interface TravelHooks {
  /** Asked at each step. */
  isNeeded(): boolean;
  /** A page was put in place. */
  arrived(): void;
  /** A form could not be sent; the page is as it was. */
  failed(): void;
}

export function keepWindow({ isNeeded, arrived, failed }: TravelHooks): Travel {
  let shown = location.pathname + location.search;
  const go = async (url: string, init: RequestInit, isNew: boolean) => {
    const page = await fetchPage(url, init);
    if (page === null) {
      if (init.method === undefined) location.assign(url);
      else failed();
      return;
    }
    if (isNew) history.pushState({}, '', page.url);
    shown = location.pathname + location.search;
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
    // A step to another place of this page is the browser's own.
    if (location.pathname + location.search === shown) return;
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
  if (LEAVES.test(link.pathname + link.search) || (link.hash !== '' && link.pathname === location.pathname))
    return null;
  return link.href;
}

function formOf(event: SubmitEvent): { readonly url: string; readonly init: RequestInit } | null {
  const form = event.target;
  if (event.defaultPrevented || !(form instanceof HTMLFormElement) || form.method === 'dialog') return null;
  // One button of a form may lead elsewhere than the others.
  const url = new URL(event.submitter?.getAttribute('formaction') ?? form.action, location.href);
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
