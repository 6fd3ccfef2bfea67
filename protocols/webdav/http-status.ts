/** The statuses this door answers by itself; what storage refuses comes from protocols/status.ts. */
export const HttpStatus = {
  ok: 200,
  created: 201,
  noContent: 204,
  partialContent: 206,
  multiStatus: 207,
  notModified: 304,
  badRequest: 400,
  unauthorized: 401,
  forbidden: 403,
  notFound: 404,
  methodNotAllowed: 405,
  conflict: 409,
  preconditionFailed: 412,
  contentTooLarge: 413,
  unsupportedMediaType: 415,
  rangeNotSatisfiable: 416,
  locked: 423,
  failedDependency: 424,
  internalServerError: 500,
  badGateway: 502,
} as const;

/** The methods this door knows, as an Allow header lists them. */
export const ALLOWED_METHODS =
  'OPTIONS, GET, HEAD, PUT, PROPFIND, PROPPATCH, MKCOL, DELETE, COPY, MOVE, LOCK, UNLOCK';
