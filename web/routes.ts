import type { IncomingMessage, ServerResponse } from 'node:http';
import type { VNode } from 'preact';
import type { Administration, Clock, Language, Origin, Session, Storage } from '../storage/index.js';
import type { Format } from './format.js';
import type { Fields } from './forms.js';
import type { Words } from './i18n/words.js';

/** What every page can reach; fixed when the appliance starts. */
export interface WebContext {
  readonly storage: Storage;
  readonly clock: Clock;
  /** The address people type; links, cookies and the check of Host follow it. */
  readonly publicUrl: URL;
  /** IANA name, for every date shown. */
  readonly timeZone: string;
  /** How SFTP clients reach the house; undefined until its door is open. */
  readonly sftp?: () => SftpAccess | undefined;
}

/** The SFTP door as its clients know it. */
export interface SftpAccess {
  readonly port: number;
  /** `SHA256:…`; the coming key's beside the present one's while it is announced. */
  readonly fingerprints: readonly string[];
}

/** Addresses of the style sheet, icons and islands, each with a hash of its content. */
export interface AssetUrls {
  readonly style: string;
  readonly icons: string;
  readonly mark: string;
  readonly island: (name: IslandName) => string;
}

export type IslandName = 'password' | 'copy' | 'selection' | 'deposit' | 'sending' | 'digest';

/** One request of one visitor, as a page sees it. */
export interface Visit {
  readonly context: WebContext;
  readonly session: Session | null;
  readonly origin: Origin;
  readonly language: Language;
  readonly words: Words;
  readonly format: Format;
  readonly assets: AssetUrls;
  readonly houseName: string;
  /** As sent, still percent-encoded, without the query. */
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Fields;
  /** Empty unless the request is a form that was posted. */
  readonly form: Fields;
  readonly cookie: (name: string) => string | undefined;
  /** What the act before this page achieved; shown once. */
  readonly notice: ShownNotice | null;
  /** Only for answers that are streamed. */
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** A visit by somebody who is signed in. */
export interface MemberVisit extends Visit {
  readonly session: Session;
}

/** A visit by somebody who administers. */
export interface AdministratorVisit extends MemberVisit {
  readonly administration: Administration;
}

/** A cookie to set or to remove; always out of the reach of scripts. */
export interface CookieChange {
  readonly name: string;
  /** Null removes it. */
  readonly value: string | null;
  readonly path: string;
  /** Absent: until the browser closes. */
  readonly maxAgeSeconds?: number;
}

interface AnswerBase {
  readonly cookies?: readonly CookieChange[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** What an act gives back; `answers.ts` turns it into HTTP. */
export type Answer =
  | (AnswerBase & { readonly kind: 'page'; readonly page: VNode; readonly status?: number })
  /** To a path of this site, with 303; the notice is shown on the page that follows. */
  | (AnswerBase & { readonly kind: 'redirect'; readonly to: string; readonly notice?: Notice })
  /** For scripts of our own pages, as JSON. */
  | (AnswerBase & { readonly kind: 'data'; readonly data: object; readonly status?: number })
  /** The act wrote to `response` itself. */
  | { readonly kind: 'delivered' };

/** A sentence for the next page: a key of `words.notices` and the name it speaks of. */
export interface Notice {
  readonly key: keyof Words['notices'];
  readonly subject: string;
  readonly next?: NoticeStep;
}

/** What one may want after the act: to undo it, by a form that is sent to the path, or to look at what it left there. */
export interface NoticeStep {
  readonly kind: 'undo' | 'look';
  /** Of this site. */
  readonly path: string;
}

/** A notice in the visitor's language. */
export interface ShownNotice {
  readonly sentence: string;
  readonly next: NoticeStep | null;
}

interface RouteBase {
  /** Name of the act in the request log. */
  readonly act: string;
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'DELETE';
  /** Pattern of @koa/router. A parameter called `token` never reaches the log. */
  readonly path: string;
  /**
   * Who asks: a person, who is shown pages and led to sign-in, and sends forms that are read before `handle` runs; or a script of
   * our own pages, which hears JSON and statuses, and whose body `handle` reads itself. A person unless told.
   */
  readonly asker?: 'person' | 'script';
  /** A person's form that `handle` reads itself, because it holds files, or one name several times. */
  readonly readsForm?: true;
}

/** `access` is decided once, before `handle` runs: others are led to sign-in, or told that there is no such page. */
export type Route =
  | (RouteBase & { readonly access: 'everyone'; handle(visit: Visit): Promise<Answer> })
  | (RouteBase & { readonly access: 'member'; handle(visit: MemberVisit): Promise<Answer> })
  | (RouteBase & { readonly access: 'administrator'; handle(visit: AdministratorVisit): Promise<Answer> });

/** What portal and admin-ui export. */
export type RouteSource = (context: WebContext) => readonly Route[];
