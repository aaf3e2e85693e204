import type { Core } from "@steward/core/core";
import type { Clock } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";
import type { Hono } from "hono";
import { mountAccessChats } from "../access/access-chat-routes.ts";
import { mountAccess } from "../access/access-routes.ts";
import { mountAgentTools } from "../agents/agent-tool-routes.ts";
import { mountApprovals } from "../approvals/approval-routes.ts";
import { mountArchives } from "../archives/archive-routes.ts";
import { mountAudit } from "../audit/audit-routes.ts";
import { mountBackups } from "../backups/backup-routes.ts";
import type { Backups } from "../backups/backups.ts";
import { mountBots } from "../bots/bot-routes.ts";
import { mountChatHistory } from "../chat-history/chat-history-routes.ts";
import { mountChats } from "../chats/chat-routes.ts";
import { mountCommands } from "../commands/command-routes.ts";
import { mountConversations } from "../conversations/conversation-routes.ts";
import { mountDeliveries } from "../deliveries/delivery-routes.ts";
import { mountDocs } from "../docs/docs-routes.ts";
import { mountFiles } from "../files/file-routes.ts";
import { mountGateway } from "../gateway/gateway-routes.ts";
import { type HealthDeps, mountHealth } from "../health/health-routes.ts";
import { mountHistory } from "../history/history-routes.ts";
import { mountPanic } from "../holds/panic-routes.ts";
import { createHeadStart } from "../inbox/head-start.ts";
import { mountInbox } from "../inbox/inbox-routes.ts";
import { mountLive } from "../live/live-routes.ts";
import { mountLegacyMemory } from "../memory/legacy-memory-routes.ts";
import { mountMemories } from "../memory/memory-routes.ts";
import { mountMemoryWords } from "../memory/memory-word-routes.ts";
import { mountModels } from "../models/model-routes.ts";
import { mountPolicies } from "../policies/policy-routes.ts";
import { mountProjects } from "../projects/project-routes.ts";
import { mountEvaluation } from "../search/evaluation-routes.ts";
import { mountSearch } from "../search/search-routes.ts";
import { mountSearchStatus } from "../search/search-status-routes.ts";
import { mountSessions } from "../sessions/session-routes.ts";
import type { OpenStreams } from "../streams/open-streams.ts";
import { mountTurns } from "../turns/turn-routes.ts";
import { mountUsage } from "../usage/usage-routes.ts";
import { mountWebSessions, type WebAccess } from "../web/web-session-routes.ts";
import type { ApiEnv } from "./api-env.ts";
import { createMount } from "./mount.ts";

export interface RouteDeps extends HealthDeps {
  core: Core;
  clock: Clock;
  log: Logger;
  streams: OpenStreams;
  backups: Pick<Backups, "take">;
  version: string;
  checkAnswers: boolean;
  hasApiKey: boolean;
  web: WebAccess;
}

/** Every route there is. A new group of endpoints gets its line here. */
export function mountRoutes(app: Hono<ApiEnv>, deps: RouteDeps): void {
  const { core } = deps;
  const stream = { clock: deps.clock, log: deps.log, streams: deps.streams };
  const headStart = createHeadStart(deps.clock);
  const mount = createMount(app, {
    checkAnswers: deps.checkAnswers,
    answered: core.answered,
    beforeEach: headStart.over,
  });
  mountHealth(mount, deps);
  mountInbox(mount, { inbox: core.inbox, headStart });
  mountBots(mount, core);
  mountAudit(mount, core);
  mountBackups(mount, deps);
  mountDeliveries(mount, {
    deliveries: core.deliveries,
    deadLetters: core.deadLetters,
    feed: core.frontEnd,
    bots: core.bots,
    ...stream,
  });
  mountLive(mount, { live: core.live, ...stream });
  mountTurns(mount, { turns: core.turns, turnHistory: core.turnHistory, ...stream });
  mountChats(mount, core);
  mountCommands(mount, core);
  mountAccess(mount, { access: core.access, hasApiKey: deps.hasApiKey });
  mountAccessChats(mount, core);
  mountModels(mount, core);
  mountPolicies(mount, core);
  mountProjects(mount, core);
  mountConversations(mount, core);
  mountApprovals(mount, core);
  mountPanic(mount, core);
  mountFiles(mount, core);
  mountUsage(mount, core);
  mountSessions(mount, core);
  mountArchives(mount, core);
  mountGateway(mount, { sessions: core.sessions, gateway: core.gateway, turns: core.turns, ...stream });
  mountChatHistory(mount, core);
  mountMemories(mount, core);
  mountMemoryWords(mount, core);
  mountLegacyMemory(mount, core);
  mountHistory(mount, core);
  mountAgentTools(app, { ...deps, agents: core.agents });
  mountSearch(mount, core);
  mountSearchStatus(mount, core);
  mountEvaluation(mount, core);
  mountWebSessions(mount, deps);
  mountDocs(app, deps);
}
