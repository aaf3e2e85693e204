import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { READ_PLAIN } from "../files/file-folders.ts";

/** The SHA-256 of a plain file's content, in hex, however large it is. Never through a link, and never waits for a FIFO. */
export const hashFile = async (path: string): Promise<string> => {
  const hash = createHash("sha256");
  const handle = await open(path, READ_PLAIN);
  if (!(await handle.stat()).isFile()) {
    await handle.close();
    throw new Error(`${path} is no plain file`);
  }
  await pipeline(handle.createReadStream(), hash);
  return hash.digest("hex");
};
