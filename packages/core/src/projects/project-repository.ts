import type { Database } from "@steward/schema/sqlite";
import { chats, projects } from "@steward/schema/tables";
import { asc, count, eq, sql } from "drizzle-orm";

export type ProjectRecord = typeof projects.$inferSelect;

export interface ProjectRepository {
  all(): (ProjectRecord & { chats: number })[];
  byId(id: string): ProjectRecord | null;
  /** Capital and small letters are the same. */
  byName(name: string): ProjectRecord | null;
  byPath(path: string): ProjectRecord | null;
  insert(project: ProjectRecord): void;
  /** Chats that were bound to it keep the binding: it may come back. */
  delete(id: string): void;
  /** Whether another chat starts its conversations right in that directory. */
  isShared(id: string, exceptChatRef: number): boolean;
}

export const createProjectRepository = ({ db }: { db: Database }): ProjectRepository => ({
  all: () =>
    db
      .select({ project: projects, chats: count(chats.id) })
      .from(projects)
      .leftJoin(chats, eq(chats.projectId, projects.id))
      .groupBy(projects.id)
      .orderBy(asc(sql`lower(${projects.name})`))
      .all()
      .map((row) => ({ ...row.project, chats: row.chats })),
  byId: (id) => db.select().from(projects).where(eq(projects.id, id)).get() ?? null,
  byName: (name) =>
    db
      .select()
      .from(projects)
      .where(eq(sql`lower(${projects.name})`, name.toLowerCase()))
      .get() ?? null,
  byPath: (path) => db.select().from(projects).where(eq(projects.path, path)).get() ?? null,
  insert: (project) => {
    db.insert(projects).values(project).run();
  },
  delete: (id) => {
    db.delete(projects).where(eq(projects.id, id)).run();
  },
  isShared: (id, exceptChatRef) =>
    db
      .select({ id: chats.id, usesWorktree: chats.usesWorktree })
      .from(chats)
      .where(eq(chats.projectId, id))
      .all()
      .some((chat) => chat.id !== exceptChatRef && !chat.usesWorktree),
});
