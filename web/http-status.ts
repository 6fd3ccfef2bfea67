/** Statuses of answers that are no failure of storage; those come from protocols/status.ts. RFC 9110, section 15. */
export const HttpStatus = {
  ok: 200,
  partialContent: 206,
  seeOther: 303,
  notModified: 304,
  badRequest: 400,
  forbidden: 403,
  notFound: 404,
  methodNotAllowed: 405,
  conflict: 409,
  gone: 410,
  contentTooLarge: 413,
  rangeNotSatisfiable: 416,
  misdirectedRequest: 421,
  serverError: 500,
} as const;
