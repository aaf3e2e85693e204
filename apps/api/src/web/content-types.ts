/** What files of the web UI are, by their endings. */
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".webmanifest": "application/manifest+json",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
};

/** @param ending with its dot. Undefined: the UI has no such files */
export const contentTypeOf = (ending: string): string | undefined => CONTENT_TYPES[ending.toLowerCase()];

/**
 * Whether a path is one of a file, by where it is or by its ending. Ids in the addresses of pages have dots as well, but
 * not these endings.
 */
export const namesWebFile = (path: string): boolean => {
  const [ending] = /\.\w+$/.exec(path) ?? [];
  return path.startsWith("/assets/") || (ending !== undefined && contentTypeOf(ending) !== undefined);
};
