import { sanitizeFileName } from "@steward/platform/file-name";

/**
 * A file to upload: wherever the Bot API takes a file, nested media included. A class, because the request encoder has
 * to recognise it at any depth of the arguments.
 *
 * For a file on disk take `await openAsBlob(path)` of `node:fs`: it is streamed, not read into memory.
 */
export class InputFile {
  readonly content: Blob;
  /** Already sanitised: a quote or line break in it would reach the multipart header. */
  readonly name: string;

  constructor(content: Blob | Uint8Array<ArrayBuffer> | string, name: string) {
    this.content = content instanceof Blob ? content : new Blob([content]);
    this.name = sanitizeFileName(name);
  }
}
