import { expect, test } from "vitest";
import { createPsTable } from "./ps-table.ts";

// As macOS prints it: `ps -A -ww -E -o pid=,ppid=,pgid=,uid=,state=,lstart=,command=`
const OUTPUT = `    1     0     1     0 Ss   Mon Nov 16 08:00:01 2026     /sbin/launchd
  501   400   501   501 S    Fri Nov 20 20:55:00 2026     /opt/claude -p --verbose PATH=/usr/bin STEWARD_SESSION=s1 HOME=/Users/me
  502   501   502   501 Ss   Fri Nov  6 02:05:09 2026     sh -c echo STEWARD_SESSION=wrong; wait PATH=/usr/bin STEWARD_SESSION=s1
  503   501   501   501 Z    Fri Nov 20 20:55:02 2026     (node)
  504     1   504   501 S    Fri Nov 20 20:55:03 2026     vim STEWARD_SESSION_NOTES=x
  600     1   600   502 S    Fri Nov 20 20:55:04 2026     other STEWARD_SESSION=s1
garbage
`;

const table = createPsTable({ uid: 501, runPs: () => OUTPUT });

test("reads our user's processes", () => {
  expect(table.list()).toEqual([
    { pid: 501, parentPid: 400, groupId: 501, startedAt: "Fri Nov 20 20:55:00 2026", isZombie: false },
    { pid: 502, parentPid: 501, groupId: 502, startedAt: "Fri Nov 6 02:05:09 2026", isZombie: false },
    { pid: 503, parentPid: 501, groupId: 501, startedAt: "Fri Nov 20 20:55:02 2026", isZombie: true },
    { pid: 504, parentPid: 1, groupId: 504, startedAt: "Fri Nov 20 20:55:03 2026", isZombie: false },
  ]);
});

test("finds the variable in the environment behind the command, not in an argument or a longer name", () => {
  expect(table.environmentValues([501, 502, 503, 504, 600], "STEWARD_SESSION").values).toEqual(
    new Map([
      [501, "s1"],
      [502, "s1"],
    ]),
  );
});

test("asks ps for the wide form with environments", () => {
  let asked: readonly string[] = [];
  createPsTable({
    uid: 501,
    runPs: (args) => {
      asked = args;
      return "";
    },
  }).list();
  expect(asked).toEqual(["-A", "-ww", "-E", "-o", "pid=,ppid=,pgid=,uid=,state=,lstart=,command="]);
});
