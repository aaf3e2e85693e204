import { EXIT, type ExitCode } from "../exit-codes.ts";
import { type CommandContext, requireSettings, requireToken } from "../service/service.ts";

export interface TokenOptions {
  readonly show?: boolean;
  readonly gatewayUrl?: boolean;
}

/**
 * `steward token`: where the API token lies. The token itself is shown only when asked for by name, alone on standard
 * output, so that it can be handed to another program without appearing anywhere.
 */
export function runToken(
  { show, gatewayUrl }: TokenOptions,
  { terminal, environment }: CommandContext,
): ExitCode {
  const settings = requireSettings(environment, terminal);
  const token = requireToken(settings, terminal);
  if (gatewayUrl === true) terminal.print(withUserInfo(settings.apiUrl, token));
  else terminal.print(show === true ? token : settings.data.token);
  const revealed = gatewayUrl === true || show === true;
  if (revealed && terminal.stdout.isTTY === true) {
    terminal.note(terminal.style("stderr", "yellow", `! ${terminal.say("cli.token_secret")}`));
  }
  return EXIT.ok;
}

/** The form telegram-claude-hero takes (`GATEWAY_URL`): any user, the token as password, no trailing slash. */
const withUserInfo = (apiUrl: string, token: string): string => apiUrl.replace("://", `://any:${token}@`);
