import { plainResult } from "@steward/claude/fake-cli-driver";

/** How the CLI ends a turn that it took of its own, which no prompt has asked for. */
export const unaskedResult = { ...plainResult("s"), costUsd: 0, unsolicited: true };
