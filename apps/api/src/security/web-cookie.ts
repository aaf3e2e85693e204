import { parse, serialize } from "hono/utils/cookie";

/** The cookie of a browser that is signed in. */
export interface WebCookie {
  /** Called once the port is known. Browsers keep cookies by host, so each port needs a name of its own. */
  listensOn(port: number): void;
  /** What is secret in a Cookie header; null = no cookie of ours. */
  read(header: string | undefined): string | null;
  /** A Set-Cookie header. @param origin the request's: over https the cookie stays there */
  set(secret: string, origin: string | undefined, maxAgeMs: number): string;
  clear(origin: string | undefined): string;
}

export function createWebCookie(): WebCookie {
  let name = "steward";
  const isSecure = (origin: string | undefined): boolean => origin?.startsWith("https://") === true;
  const write = (value: string, origin: string | undefined, maxAgeS: number): string => {
    const secure = isSecure(origin);
    return serialize(secure ? `__Host-${name}` : name, value, {
      path: "/",
      httpOnly: true,
      sameSite: "Strict",
      secure,
      maxAge: maxAgeS,
    });
  };
  return {
    listensOn: (port) => {
      name = `steward-${port}`;
    },
    read: (header = "") => {
      const cookies = parse(header);
      return cookies[`__Host-${name}`] ?? cookies[name] ?? null;
    },
    set: (secret, origin, maxAgeMs) => write(secret, origin, Math.floor(maxAgeMs / 1000)),
    clear: (origin) => write("", origin, 0),
  };
}
