import type { SystemInfo } from "@steward/contract/health";
import type { Say } from "../../texts/texts.tsx";

export interface Finding {
  tone: "good" | "warn" | "bad";
  what: string;
  /** What is so, or what to do about it. */
  detail: string;
}

const ORDER = ["bad", "warn", "good"] as const;

/** What the service says of itself, in words; the worst first. */
export const findHealth = (system: SystemInfo, say: Say): Finding[] => {
  const findings = [cli(system, say), sandbox(system, say), embedding(system, say)];
  if (system.deadDeliveries > 0) {
    const detail = say("health.dead_fix");
    findings.push({ tone: "warn", what: say("health.dead", { count: system.deadDeliveries }), detail });
  }
  for (const { file, problem } of system.commandProblems) {
    findings.push({ tone: "warn", what: say("health.command", { file }), detail: problem });
  }
  for (const { kind } of system.holds) {
    findings.push({ tone: "bad", what: say("health.hold"), detail: say(`hold.${kind}`) });
  }
  return findings.sort((a, b) => ORDER.indexOf(a.tone) - ORDER.indexOf(b.tone));
};

const cli = ({ cli: { problem, version, login }, mode }: SystemInfo, say: Say): Finding => {
  const what = say("health.cli");
  if (problem !== null) return { tone: "bad", what, detail: problem };
  if (mode === "demo") return { tone: "warn", what, detail: say("health.cli_demo") };
  if (login === null) return { tone: "bad", what, detail: say("health.cli_no_login") };
  return { tone: "good", what, detail: say("health.cli_fine", { version: version ?? "?", login }) };
};

const sandbox = ({ sandbox: { active, message } }: SystemInfo, say: Say): Finding => ({
  tone: active ? "good" : "warn",
  what: say("health.sandbox"),
  detail: active ? say("health.sandbox_fine") : (message ?? say("health.sandbox_off")),
});

const embedding = ({ embedding: status }: SystemInfo, say: Say): Finding => {
  const what = say("health.search");
  const problem = status?.vectorsProblem ?? status?.problem?.message ?? status?.active?.problem?.message;
  if (problem) return { tone: "warn", what, detail: problem };
  if (!status?.embedder) return { tone: "good", what, detail: say("health.search_words") };
  const { done = 0, total = 0 } = status.active ?? {};
  return { tone: "good", what, detail: say("health.search_fine", { model: status.embedder, done, total }) };
};
