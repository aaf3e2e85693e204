import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/**
 * Below those that systems hand out for connections and for whoever asks for any port (from 32768 on Linux, 49152 on macOS):
 * of these one may be somebody else's between our look and the start of the program that is told to take it, or while that
 * program is being restarted.
 */
const LOWEST = 20_000;
const HIGHEST = 32_000;

/** A port of 127.0.0.1 for a program that is told its port. */
export const freePort = async (): Promise<number> => {
  for (;;) {
    const port = randomInt(LOWEST, HIGHEST);
    if (await isFree(port)) return port;
  }
};

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
