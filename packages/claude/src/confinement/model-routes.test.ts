import { expect, test } from "vitest";
import { routeToModel } from "./model-routes.ts";

test("a model on this machine gets a door at its own port, and nothing else is open", () => {
  const routes = routeToModel(
    { ANTHROPIC_BASE_URL: "http://127.0.0.1:4001", HTTPS_PROXY: "http://corp:8080" },
    [],
  );
  expect(routes.forwards).toEqual([{ port: 4001, target: { host: "127.0.0.1", port: 4001 } }]);
  expect(routes.proxy).toBeNull();
  expect(routes.env).toEqual({ ANTHROPIC_BASE_URL: "http://127.0.0.1:4001" });
});

test("with a login the proxy knows the model's host and where logins are renewed", () => {
  const { proxy, forwards, env } = routeToModel({}, []);
  expect(forwards).toEqual([]);
  expect(proxy?.rules.match("api.anthropic.com", 443)).toBe("exact");
  expect(proxy?.rules.match("platform.claude.com", 443)).toBe("exact");
  expect(proxy?.rules.match("example.com", 443)).toBeNull();
  expect(env).toMatchObject({ HTTPS_PROXY: "http://127.0.0.1:3128", https_proxy: "http://127.0.0.1:3128" });
});

test("with a key nothing is renewed; another endpoint takes the place of the first", () => {
  const { proxy } = routeToModel({ ANTHROPIC_API_KEY: "k", ANTHROPIC_BASE_URL: "https://gw.corp:8443/v1" }, [
    "npmjs.org",
  ]);
  expect(proxy?.rules.match("gw.corp", 8443)).toBe("exact");
  expect(proxy?.rules.match("npmjs.org", 443)).toBe("exact");
  for (const host of ["api.anthropic.com", "platform.claude.com"])
    expect(proxy?.rules.match(host, 443)).toBeNull();
});

test("the owner's own proxy is gone through, and its password stays outside", () => {
  const { proxy, env } = routeToModel({ https_proxy: "http://user:canary@corp:8080" }, []);
  expect(proxy?.upstream?.host).toBe("corp:8080");
  expect(JSON.stringify(env)).not.toContain("canary");
});
