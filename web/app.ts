import type { IncomingMessage, RequestListener } from 'node:http';
import Koa from 'koa';
import { assetRoute, loadAssets } from './asset-files.js';
import { refuseCrossSiteActs } from './cross-site.js';
import { createFailurePages } from './failure-pages.js';
import { refuseUnknownHosts } from './hosts.js';
import { logRequests, type RequestLogger } from './request-log.js';
import { createRouter } from './router.js';
import type { RouteSource, WebContext } from './routes.js';
import { setSecurityHeaders } from './security-headers.js';
import { createVisits } from './visits.js';
import type { WebState } from './web-state.js';

/** What the pages are built from. */
export interface WebAppOptions extends WebContext {
  readonly logger: RequestLogger;
  readonly routes: readonly RouteSource[];
  /** The peer as trusted proxies tell it; the socket's own address unless given. */
  readonly clientAddress?: (request: IncomingMessage) => string;
}

/** The request listener of all pages. It holds nothing that needs closing. */
export async function createWebApp(options: WebAppOptions): Promise<RequestListener> {
  const { publicUrl } = options;
  const assets = await loadAssets();
  const visits = createVisits(options, assets.urls);
  const app = new Koa<WebState>();
  app.use(logRequests(options.logger, options.clientAddress));
  app.use(setSecurityHeaders(publicUrl));
  app.use(createFailurePages(visits, options.logger));
  app.use(refuseUnknownHosts(publicUrl));
  app.use(assetRoute(assets));
  app.use(refuseCrossSiteActs(publicUrl));
  const router = createRouter(
    options.routes.flatMap((source) => source(options)),
    visits,
  );
  app.use(router.routes());
  app.use(router.allowedMethods());
  // Koa reports a socket that ended early here; the request log has its line already.
  app.on('error', () => undefined);
  return app.callback();
}
