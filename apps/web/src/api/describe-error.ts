import { ApiError, ApiUnreachable } from "@steward/client/api-error";
import type { Language } from "../texts/language.ts";
import type { Say } from "../texts/texts.tsx";

/** What went wrong, and what to do about it, for a person. The catalogue of refusals is loaded when the first one is met. */
export const describeError = async (error: unknown, language: Language, say: Say): Promise<string> => {
  if (error instanceof ApiUnreachable) return say("error.unreachable");
  if (!(error instanceof ApiError)) return say("error.unexpected");
  const { translateError } = await import("@steward/contract/messages");
  const sentence = translateError(language, error.code, error.params);
  const isGeneral = sentence === translateError(language, "internal_error");
  // What nobody has put into words is told as the API has said it.
  return isGeneral && error.code !== "internal_error" ? error.message : sentence;
};
