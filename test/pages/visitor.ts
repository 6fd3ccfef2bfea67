import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
}

export interface RawRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Buffer;
}

/** Somebody with a browser that runs no scripts: keeps cookies by name and path, follows nothing on its own. */
export interface Visitor {
  get(path: string, headers?: Record<string, string>): Promise<Reply>;
  /** Sends a form as a browser does from a page of the site. */
  post(path: string, fields: Record<string, string>, headers?: Record<string, string>): Promise<Reply>;
  send(request: RawRequest): Promise<Reply>;
  cookie(name: string): string | undefined;
  setCookie(name: string, value: string): void;
}

/** `host`: as the site is called, `localhost` unless told. */
export function createVisitor(port: number, host = `localhost:${port}`): Visitor {
  const jar = new Map<string, { value: string; path: string }>();
  const cookiesFor = (path: string) =>
    [...jar].filter(([, { path: scope }]) => path === scope || path.startsWith(scope.replace(/\/?$/u, '/')));
  const send = async (request: RawRequest): Promise<Reply> => {
    const pathname = request.path.split('?')[0] ?? '/';
    const cookie = cookiesFor(pathname).map(([name, { value }]) => `${name}=${value}`);
    const reply = await exchange(port, host, {
      ...request,
      headers: { ...(cookie.length > 0 && { cookie: cookie.join('; ') }), ...request.headers },
    });
    for (const line of reply.headers['set-cookie'] ?? []) keep(jar, line);
    return reply;
  };
  return {
    send,
    get: (path, headers = {}) => send({ path, headers }),
    post: (path, fields, headers = {}) =>
      send({
        method: 'POST',
        path,
        body: new URLSearchParams(fields).toString(),
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'sec-fetch-site': 'same-origin',
          ...headers,
        },
      }),
    cookie: (name) => jar.get(name)?.value,
    setCookie: (name, value) => void jar.set(name, { value, path: '/' }),
  };
}

function keep(jar: Map<string, { value: string; path: string }>, line: string): void {
  const [pair = '', ...attributes] = line.split('; ');
  const name = pair.slice(0, pair.indexOf('='));
  const path = attributes.find((attribute) => attribute.startsWith('Path='))?.slice(5) ?? '/';
  if (attributes.includes('Max-Age=0')) jar.delete(name);
  else jar.set(name, { value: pair.slice(name.length + 1), path });
}

function exchange(
  port: number,
  host: string,
  { method = 'GET', path, headers = {}, body }: RawRequest,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        host: '127.0.0.1',
        port,
        method,
        path,
        headers: { host, ...headers },
        agent: false,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const whole = Buffer.concat(chunks);
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: whole,
            text: whole.toString('utf8'),
          });
        });
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}
