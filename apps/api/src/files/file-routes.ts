import { Readable } from "node:stream";
import { ENDPOINTS } from "@steward/contract/endpoints";
import type { FileSummary } from "@steward/contract/files";
import type { FileService } from "@steward/core/files/file-service";
import type { Mount } from "../http/mount.ts";
import { uploadBody } from "./upload-body.ts";

export function mountFiles(mount: Mount, { files }: { files: FileService }): void {
  mount.json(ENDPOINTS.uploadFile, async ({ headers, query: { name, ...address } }, c) => {
    const body = uploadBody(c);
    const idempotencyKey = headers["idempotency-key"];
    const { announcedBytes, chunks: content } = body;
    const { signal } = c.req.raw;
    try {
      return await files.receive({ address, name, idempotencyKey, announcedBytes, content, signal });
    } catch (error) {
      body.discard();
      throw error;
    }
  });
  mount.json(ENDPOINTS.failAttachment, ({ params: { attachmentId }, body }) => ({
    wanted: files.giveUp(attachmentId, body),
  }));
  mount.json(ENDPOINTS.listFiles, ({ query: { limit, ...address } }) => files.list(address, limit));
  mount.response(ENDPOINTS.downloadFile, async ({ params }) => {
    const { file, handle } = await files.open(params.fileId);
    // Read to its end or cancelled by a client that leaves: either closes the file.
    const bytes = Readable.toWeb(handle.createReadStream({ start: 0 }));
    // Node's type of the same stream.
    return new Response(bytes as ReadableStream, { headers: downloadHeaders(file) });
  });
  mount.json(ENDPOINTS.deleteFile, async ({ params }) => {
    await files.remove(params.fileId);
    return { deleted: true as const };
  });
  mount.json(ENDPOINTS.resendFile, ({ params, body }) => ({
    deliveryId: files.resend(params.fileId, body),
  }));
}

/** What somebody uploaded is never shown by a browser as a page of ours, whatever it says it is (threat T13). */
function downloadHeaders({ name, mediaType, bytes }: FileSummary): Record<string, string> {
  const ascii = name.replaceAll(/[^\x20-\x7e]|["\\%]/g, "_");
  const encoded = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (each) => `%${each.charCodeAt(0).toString(16)}`,
  );
  return {
    "content-type": mediaType,
    "content-length": String(bytes),
    "content-disposition": `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`,
    "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
  };
}
