/** What is known about this installation when it has to be decided who answers. */
export interface EngineFacts {
  /** A key, token or address for the CLI stands in the settings. */
  hasCredentials: boolean;
  hasTelegram: boolean;
  /** One of these, or a login, was seen at an earlier start. */
  wasConfigured: boolean;
  /** Whether the CLI itself is logged in; null = it could not be asked. */
  loggedIn: boolean | null;
}

/** Whether anything says that this installation is somebody's own by now. */
export const isConfigured = (facts: EngineFacts): boolean =>
  facts.hasCredentials || facts.hasTelegram || facts.wasConfigured || facts.loggedIn === true;

/**
 * The demo model answers only where nothing was ever configured and the CLI says that it has no login. Whoever has
 * configured something gets an error when the login is missing, never a demo in its place.
 */
export const chooseEngine = (facts: EngineFacts): "live" | "demo" =>
  isConfigured(facts) || facts.loggedIn !== false ? "live" : "demo";
