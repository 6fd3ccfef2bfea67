import type { IncomingMessage } from 'node:http';

/** Explorer sends a dozen, a browser behind two proxies thirty. */
const MAX_HEADERS = 200;
/** A name, an IPv4 or a bracketed IPv6 address, perhaps a port (RFC 9110 section 7.2). */
const HOST = /^(?:[\w.~%!$&'()*+,;=-]+|\[[0-9a-f:.]+\])(?::\d{0,5})?$/iu;
/** Of these a second one would be read by us in one way and by a proxy in another. */
const SINGLE = new Set(['host', 'transfer-encoding', 'content-length', 'expect', 'authorization']);

/** Why a request is refused before any door sees it. */
export interface RequestFault {
  readonly status: number;
  readonly sentence: string;
}

/** What Node's parser lets through although two readers of it could disagree on what was sent (RFC 9112 section 11.2). */
export function faultOf(request: IncomingMessage): RequestFault | undefined {
  const { rawHeaders, headers, httpVersion } = request;
  if (rawHeaders.length > MAX_HEADERS * 2)
    return { status: 431, sentence: `More than ${MAX_HEADERS} headers.` };
  const seen = new Set<string>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? '';
    if (!SINGLE.has(name)) continue;
    if (seen.has(name)) return { status: 400, sentence: `The ${name} header stands there twice.` };
    seen.add(name);
  }
  if (headers.host !== undefined && !HOST.test(headers.host))
    return { status: 400, sentence: 'The host header names no host.' };
  return codingFault(headers['transfer-encoding'], httpVersion);
}

/** A page is asked for by its path alone: of anything else, `C://` or `//name@…`, the libraries below read a host or nothing. */
export function pageFaultOf({ url = '' }: IncomingMessage): RequestFault | undefined {
  if (/^\/(?!\/)/u.test(url)) return undefined;
  return { status: 400, sentence: 'Ce n’est pas une adresse de page. / This is no address of a page.' };
}

/** Whatever else a body were coded in would be stored as it is. */
function codingFault(coding: string | undefined, httpVersion: string): RequestFault | undefined {
  if (coding === undefined) return undefined;
  if (httpVersion === '1.0') return { status: 400, sentence: 'HTTP/1.0 knows no transfer coding.' };
  if (coding.trim().toLowerCase() === 'chunked') return undefined;
  return { status: 501, sentence: 'No transfer coding but chunked is known here.' };
}
