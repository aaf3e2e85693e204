/** Signing in to the web UI, in English. */
export const webEn = {
  "error.unauthorized":
    "You are not signed in. On the machine where Steward runs, `npm run -s steward -- web` prints a link that signs you in.",
  "error.web_code_invalid":
    "This link was used already, or is older than ten minutes. On the machine where Steward runs, `npm run -s steward -- web` prints a new one.",
  "error.browser_unclear":
    "This browser does not say where its requests come from, as browsers do at http://127.0.0.1 and over https. Open Steward there (docs/web.md tells how), in a current browser.",
  "web.not_built":
    "Steward is running, but its web UI has not been built. Start Steward with `npm start`, which builds it, or run `pnpm exec turbo run build --filter=@steward/web` and load this page again.",
} as const;
