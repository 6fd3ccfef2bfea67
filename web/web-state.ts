import type Koa from 'koa';

/** What middlewares leave for the request log. */
export interface WebState {
  address?: string;
  act?: string;
  account?: string;
  /** Shown on a failure page, so that a person and the log can be brought together. */
  reference?: string;
}

/** Koa's types with our state. */
export type WebMiddleware = Koa.Middleware<WebState>;
export type WebRequest = Parameters<WebMiddleware>[0];
