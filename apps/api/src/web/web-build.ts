import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { contentTypeOf } from "./content-types.ts";

/** How a body may go over the wire. */
export type Encoding = "br" | "gzip" | "identity";

/** A file of the built web UI. */
export interface WebFile {
  readonly contentType: string;
  /** Changes with the content. */
  readonly etag: string;
  /** Its name has a hash of its content in it: what lies there never changes. */
  readonly isHashed: boolean;
  /** Worth compressing. */
  readonly isCompressible: boolean;
  body(encoding: Encoding): Promise<Uint8Array<ArrayBuffer>>;
}

/** The files by their paths as they are asked for (`/assets/index-….js`). */
export type WebFiles = ReadonlyMap<string, WebFile>;

const INDEX = "index.html";
const ASSETS = "assets";
/** Below it the envelope is most of what is sent. */
const LEAST_COMPRESSED_BYTES = 1_024;
/** Compressed once, while somebody waits: 10 % larger than the best, in a tenth of its time. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 7 } };
const compress = { br: promisify(brotliCompress), gzip: promisify(gzip) };

/**
 * Answers with the build that lies in `directory`, null when none does. It is read whole when it is first asked for, and
 * again when there is another: what is handed out always belongs together, and no path ever reaches the disk.
 */
export function createWebBuild(directory: string): () => Promise<WebFiles | null> {
  let read: { stamp: string; files: Promise<WebFiles> } | null = null;
  return async () => {
    const stamp = await stampOf(directory);
    if (stamp === null) return null;
    if (read?.stamp !== stamp) read = { stamp, files: readAll(directory) };
    try {
      return await read.files;
    } catch (error) {
      // A file went while it was read: whoever asks next reads anew.
      read = null;
      throw error;
    }
  };
}

/** Tells builds apart: each writes its index anew, and puts files into its folders. */
async function stampOf(directory: string): Promise<string | null> {
  const paths = [directory, join(directory, ASSETS), join(directory, INDEX)];
  const stats = await Promise.all(paths.map((path) => stat(path).catch(absent)));
  return stats.at(-1) === null ? null : stats.map((each) => `${each?.mtimeMs} ${each?.size}`).join(", ");
}

async function readAll(directory: string): Promise<WebFiles> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries
    // Links are none: nothing from elsewhere is handed out.
    .filter((entry) => entry.isFile())
    .map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      const name = relative(directory, path).split(sep).join("/");
      return [`/${name}`, describe(name, await readFile(path))] as const;
    });
  return new Map(await Promise.all(files));
}

function describe(name: string, content: Buffer<ArrayBuffer>): WebFile {
  const compressed = new Map<Encoding, Promise<Uint8Array<ArrayBuffer>>>();
  const contentType = contentTypeOf(extname(name)) ?? "application/octet-stream";
  const isText = /^text\/|javascript|json|svg/.test(contentType);
  return {
    contentType,
    etag: `W/"${createHash("sha256").update(content).digest("base64url").slice(0, 22)}"`,
    isHashed: name.startsWith(`${ASSETS}/`),
    isCompressible: isText && content.length >= LEAST_COMPRESSED_BYTES,
    body: (encoding) => {
      if (encoding === "identity") return Promise.resolve(content);
      const known = compressed.get(encoding);
      if (known) return known;
      const made = encoding === "br" ? compress.br(content, BROTLI) : compress.gzip(content);
      compressed.set(encoding, made);
      return made;
    },
  };
}

function absent(error: NodeJS.ErrnoException): null {
  if (error.code === "ENOENT" || error.code === "ENOTDIR") return null;
  throw error;
}
