import { EmbedderError } from "@steward/core/search/embedder";

/**
 * `answer`, or an error as soon as `signal` says that it is not waited for: the request itself goes on. One that is given
 * up while a model is loaded ends the loading, and the next one would begin anew.
 */
export const untilAborted = <T>(answer: Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
  if (signal === undefined) return answer;
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(new EmbedderError("unavailable", "not waited for any longer"));
    if (signal.aborted) leave();
    signal.addEventListener("abort", leave, { once: true });
    answer.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave));
  });
};
