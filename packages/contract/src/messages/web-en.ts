/** Signing in to the web UI, in English. */
export const webEn = {
  "error.policy_changed":
    "Somebody else has changed this setting meanwhile. Look at what holds now, then decide again.",
  "error.unauthorized":
    "You are not signed in. On the machine where Steward runs, `npm run -s steward -- web` prints a link that signs you in.",
  "error.web_code_invalid":
    "This link was used already, or is older than ten minutes. On the machine where Steward runs, `npm run -s steward -- web` prints a new one.",
  "error.browser_unclear":
    "This browser does not say where its requests come from, as browsers do at http://127.0.0.1 and over https. Open Steward there (docs/web.md tells how), in a current browser.",
  "web.not_built":
    "Steward is running, but its web UI has not been built. Start Steward with `npm start`, which builds it, or run `pnpm exec turbo run build --filter=@steward/web` and load this page again.",
  "cli.describe.web": "A link that signs a browser in to the web UI; which browsers are signed in",
  "cli.option.web_open": "open the link in your browser",
  "cli.option.web_list": "list the browsers that are signed in",
  "cli.option.web_revoke": "sign a browser out: the id that --list shows, or all",
  "cli.help.example_web": "open the web UI",
  "cli.web.once": "Good for one browser, for ten minutes. Whoever opens it is in: do not pass it on.",
  "cli.web.no_browser": "! There is no browser here that could be opened. Open the link yourself.",
  "cli.web.none": "No browser is signed in. `steward web` makes a link that signs one in.",
  "cli.web.id": "id",
  "cli.web.browser": "browser",
  "cli.web.since": "signed in for",
  "cli.web.seen": "last seen, ago",
  "cli.web.unknown_browser": "unknown",
  "cli.web.revoked": "✓ Signed out: {count}",
  "cli.web.not_found":
    "No browser is signed in under “{id}”, or several are. `steward web --list` shows them.",
} as const;
