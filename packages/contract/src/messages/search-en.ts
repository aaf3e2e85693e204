/** What is said about searching, in English. */
export const searchEn = {
  "error.search_busy": "Too many searches are running at once. Please try again in a moment.",
  "error.search_timed_out":
    "The search took too long and was given up. Please try again with fewer or rarer words.",
  "error.search_failed":
    "The search failed. Please try again; if it goes on, run `steward doctor` on the server.",
  "cli.doctor.vectors_unavailable":
    "The vector extension of the database cannot be used ({reason}): search finds by words alone",
  "cli.doctor.vectors_unavailable_fix":
    "Run `npm start` once to reinstall Steward's packages. If this system has no build of sqlite-vec, point STEWARD_VECTOR_EXTENSION to one, then restart.",
} as const;
