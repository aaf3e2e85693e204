import type { Transcriber } from "@steward/core/transcription/transcriber";
import { z } from "zod";
import type { TranscriptionSetting } from "./transcription-setting.ts";

/** Far more than anybody says in one message. */
const MAX_ANSWER_CHARS = 1_048_576;
const answerSchema = z.object({ text: z.string() });

/** An OpenAI-compatible endpoint: one multipart request, and its `text`. */
export function createEndpointTranscriber(
  setting: Extract<TranscriptionSetting, { mode: "openai" }>,
  { fetch }: { fetch: typeof globalThis.fetch },
): Transcriber {
  return {
    transcribe: async ({ name, mediaType, content }, signal) => {
      const form = new FormData();
      form.append("file", new Blob([content], { type: mediaType }), name);
      form.append("model", setting.model);
      form.append("response_format", "json");
      if (setting.language !== null) form.append("language", setting.language);
      const response = await fetch(setting.url, {
        method: "POST",
        body: form,
        headers: setting.key === null ? {} : { authorization: `Bearer ${setting.key}` },
        signal: AbortSignal.any([signal, AbortSignal.timeout(setting.timeoutMs)]),
        // Following one would carry the key to wherever it points.
        redirect: "error",
      });
      // What a refusal says may repeat what was sent: its number is enough.
      if (!response.ok) {
        await response.body?.cancel();
        throw new Error(`the transcription endpoint answered HTTP ${response.status}`);
      }
      return readAnswer(await readText(response));
    },
  };
}

async function readText(response: Response): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > MAX_ANSWER_CHARS) throw new Error("the transcription endpoint's answer is too long");
  }
  return text + decoder.decode();
}

function readAnswer(text: string): string {
  try {
    return answerSchema.parse(JSON.parse(text)).text;
  } catch (error) {
    throw new Error("the transcription endpoint answered with something else than { text }", {
      cause: error,
    });
  }
}
