/** What somebody said aloud, in a file. */
export interface Recording {
  /** One safe path segment with an extension: who listens may go by it. */
  name: string;
  mediaType: string;
  content: Uint8Array<ArrayBuffer>;
}

/** Turns speech into text. */
export interface Transcriber {
  /** What was said; empty when nothing was understood. Rejects with the reason, which holds no secret. */
  transcribe(recording: Recording, signal: AbortSignal): Promise<string>;
}
