/**
 * What a failed `npm install` means for a person.
 *
 * @typedef {{ reason: string, next: string }} Explanation
 */

/** @type {{ pattern: RegExp, reason: string, next: string }[]} */
const KNOWN_FAILURES = [
  {
    pattern: /ENOSPC|no space left/i,
    reason: "there is no space left on the disk",
    next: "Free about 1 GB and run the command again.",
  },
  {
    pattern: /EACCES|EPERM|EROFS|read-only file system|permission denied/i,
    reason: "the folder cannot be written",
    next: "Give your user write access to the checkout (and to npm's cache), then run the command again.",
  },
  {
    pattern: /SELF_SIGNED_CERT|UNABLE_TO_(GET_ISSUER|VERIFY)|CERT_/,
    reason: "the registry's certificate is not trusted",
    next: "Set NODE_EXTRA_CA_CERTS (or npm's cafile) to your network's certificate authority and run the command again.",
  },
  {
    pattern: /E401|E403|ENEEDAUTH/,
    reason: "the registry refused access",
    next: "Check the registry and its login in your npm configuration, then run the command again.",
  },
  {
    pattern: /E404|ETARGET|ENOVERSIONS|notarget|EBADPLATFORM/,
    reason: "the registry does not offer this package for this machine",
    next: "Install Node 24 and this pnpm yourself (nodejs.org, pnpm.io) and run the command again.",
  },
  {
    pattern:
      /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENOTCACHED|SOCKET_TIMEOUT|network/i,
    reason: "the npm registry cannot be reached",
    next: "Check the network connection (and npm's proxy and registry settings), then run the command again.",
  },
];

/**
 * @param {string} output what npm printed
 * @returns {Explanation}
 */
export function explainNpmFailure(output) {
  const known = KNOWN_FAILURES.find(({ pattern }) => pattern.test(output));
  return known ?? { reason: "npm failed", next: "Read npm's message above, then run the command again." };
}

/**
 * npm's own words: what counts comes first, details of the error object follow.
 *
 * @param {string} output
 */
export function npmMessage(output) {
  const isNoise = (/** @type {string} */ line) =>
    line.trim() === "" || /^npm (notice|warn)|^npm error +at /.test(line);
  const lines = output.split("\n").filter((line) => !isNoise(line));
  return lines.slice(0, 6).join("\n");
}
