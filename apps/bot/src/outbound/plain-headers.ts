/**
 * Headers as an object, under the names they were given. Our own are one already: to make `Headers` of them and an object of
 * that again takes longer than the rest of a call.
 */
export const plainHeaders = (headers: RequestInit["headers"]): Record<string, string> =>
  headers === undefined || headers instanceof Headers || Array.isArray(headers)
    ? Object.fromEntries(new Headers(headers))
    : (headers as Record<string, string>);
