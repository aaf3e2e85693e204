import { afterAll, beforeAll, onTestFinished } from "vitest";
import type { Rig } from "../rig.ts";
import type { TelegramRig } from "../telegram-rig.ts";
import { openWebBrowser, type WebBrowser, type WebPageOptions } from "./web-browser.ts";
import type { WebPage } from "./web-page.ts";

/** A Steward and a browser in front of it, there while the tests run that they were made for. */
export interface Web<Steward> {
  /** What `start` gave. */
  readonly steward: Steward;
  /** The Steward itself, whether Telegram is before it or not. */
  readonly rig: Rig;
  /** A page that is closed with its test; another tab of a `context` is closed with that. */
  open(options?: WebPageOptions): Promise<WebPage>;
}

/**
 * Made before the tests of the file, or of the `describe` that it stands in; closed after them, when an error that a page
 * has met and that was not expected fails them.
 */
export const useWeb = <Steward extends Rig | TelegramRig>(start: () => Promise<Steward>): Web<Steward> => {
  let steward: Steward | undefined;
  let browser: WebBrowser | undefined;
  beforeAll(async () => {
    steward = await start();
    browser = await openWebBrowser(rigOf(steward));
  });
  afterAll(async () => {
    try {
      await browser?.close();
    } finally {
      await steward?.close();
    }
  });

  return {
    get steward() {
      return started(steward);
    },
    get rig() {
      return rigOf(started(steward));
    },
    open: async (options = {}) => {
      const opened = await started(browser).open(options);
      if (options.context === undefined) onTestFinished(() => opened.context.close());
      return opened;
    },
  };
};

const started = <Thing>(thing: Thing | undefined): Thing => {
  if (thing === undefined) throw new Error("it is there only while the tests run");
  return thing;
};

const rigOf = (steward: Rig | TelegramRig): Rig => ("rig" in steward ? steward.rig : steward);
