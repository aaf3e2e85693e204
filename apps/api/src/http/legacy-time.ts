/** As the ancestor wrote times: `YYYY-MM-DD HH:MM:SS` in UTC, without a zone. */
export const legacyTime = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace("T", " ");
