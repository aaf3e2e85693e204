/** A step failed in an expected way: the message is for a person. Anything else that is thrown is a defect. */
export class StepError extends Error {
  /** @override */
  name = "StepError";
}

/**
 * Progress of a command as short numbered lines, e.g. `[2/4] Dependencies: installed (12 s)`.
 *
 * @param {number} total how many steps there will be
 * @param {{ write?: (line: string) => void, monotonicMs?: () => number }} [options]
 */
export function createSteps(total, options = {}) {
  const { write = (line) => console.log(line), monotonicMs = () => performance.now() } = options;
  let number = 0;
  return {
    /**
     * @param {string} title
     * @param {(say: (text: string) => void) => Promise<string>} work `say` prints an interim line; the returned text
     *   ("up to date") ends the step
     * @returns {Promise<void>}
     * @throws what the work threw, after the step was named
     */
    async run(title, work) {
      number += 1;
      const label = `[${number}/${total}] ${title}`;
      const startedAt = monotonicMs();
      const took = () => {
        const ms = monotonicMs() - startedAt;
        return ms < 1000 ? "" : ` (${Math.round(ms / 1000)} s)`;
      };
      try {
        const outcome = await work((text) => write(`${label}: ${text}`));
        write(`${label}: ${outcome}${took()}`);
      } catch (error) {
        write(`${label}: FAILED${took()}`);
        throw error;
      }
    },
  };
}
