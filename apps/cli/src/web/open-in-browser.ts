import { spawn } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Environment } from "../settings/environment.ts";

/**
 * Has the person's browser open a link that is a secret: the arguments of a program are there for everybody on the machine
 * to read, so it is handed a page of the person's own (0600) that leads there.
 *
 * @param folder the data directory, which nobody else may look into
 * @returns false where there is no browser, or nothing that knows it
 */
export async function openInBrowser(
  link: string,
  folder: string,
  environment: Environment,
): Promise<boolean> {
  const opener = openerOf(environment);
  if (opener === null) return false;
  const page = join(folder, "open-web-ui.html");
  rmSync(page, { force: true });
  writeFileSync(page, redirectTo(link), { mode: 0o600, flag: "wx" });
  return await new Promise((resolve) => {
    const child = spawn(opener, [pathToFileURL(page).href], { stdio: "ignore", detached: true });
    child.once("error", () => resolve(false));
    child.once("spawn", () => {
      child.unref();
      resolve(true);
    });
  });
}

function openerOf(environment: Environment): string | null {
  if (process.platform === "darwin") return "open";
  const hasScreen = [environment.DISPLAY, environment.WAYLAND_DISPLAY].some(
    (each) => each !== undefined && each !== "",
  );
  return hasScreen ? "xdg-open" : null;
}

/** The link is ours: an address and base64url. */
const redirectTo = (link: string): string => `<!doctype html>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url=${link}">
<title>Steward</title>
<a href="${link}">Steward</a>
`;
