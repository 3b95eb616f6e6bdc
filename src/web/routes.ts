import { type Verdict, verdictOf } from "#diagnostics/verdict.ts";
import { isEntityId } from "#model/entity.ts";
import type { Overview } from "#model/overview.ts";
import type { PanelActions, PanelContent } from "./ports.ts";

/** What a request is answered with. */
export type Answer =
  | { readonly json: unknown }
  | { readonly text: string; readonly status: number }
  | { readonly download: string; readonly name: string }
  | "done";

export interface Route {
  /** What may do harm is for administrators alone. */
  readonly isFor: "everybody" | "administrators";
  readonly answer: (query: URLSearchParams) => Answer | Promise<Answer>;
}

const mostColumns = 4_000;
/** Years that Home Assistant's times lie in; ms since 1970. */
const latest = 32_503_680_000_000;
const mostSparks = 50;
const mostDays = 1_100;

/** Every request that is answered, by method and path; files are not among them. */
export function panelRoutes(content: PanelContent, actions: PanelActions): ReadonlyMap<string, Route> {
  const get = (answer: Route["answer"]): Route => ({ isFor: "everybody", answer });
  const administer = (answer: Route["answer"]): Route => ({ isFor: "administrators", answer });
  return new Map<string, Route>([
    ["GET /api/overview", get(() => ({ json: wholeOverview(content) }))],
    ["GET /api/health", get(() => healthOf(content))],
    ["GET /api/plan/patch", get(async () => ({ json: await content.planPatch() }))],
    ["GET /api/plan/patch.diff", get(() => diffOf(content))],
    [
      "GET /api/plan/automations.yaml",
      get(() => ({ download: content.automations(), name: "modbus-cadence-automations.yaml" })),
    ],
    ["GET /api/plan/curve", get((query) => foundOr404(content.loadCurve(query.get("bus") ?? "")))],
    ["GET /api/plan/preview", get((query) => previewOf(content, query))],
    ["GET /api/related", get(() => ({ json: content.related() }))],
    ["GET /api/history", get(async () => ({ json: await content.history() }))],
    [
      "GET /api/hours",
      get(async (query) => ({ json: await content.hours(numberIn(query, "days", 1, mostDays) ?? 31) })),
    ],
    ["GET /api/entity", get((query) => entityOf(content, query))],
    ["GET /api/plot", get((query) => plotOf(content, query))],
    ["GET /api/sparks", get((query) => sparksOf(content, query))],
    ["GET /api/storage", get(async () => ({ json: await content.storage() }))],
    ["GET /api/fleet", get(async () => (content.fleet === undefined ? noFleet : { json: await content.fleet() }))],
    ["POST /api/connection/retry", get(() => done(actions.retryConnection()))],
    ["POST /api/storage/verify", get(() => done(actions.verify()))],
    ["POST /api/storage/verify/stop", get(() => done(actions.stopVerifying()))],
    ["POST /api/storage/backup", get(() => done(actions.backup()))],
    ["POST /api/storage/restore", administer((query) => restore(actions, query))],
    ["POST /api/budget", administer((query) => setBudget(actions, query))],
    ["POST /api/drive", administer(async (query) => done(await actions.setDrive(query.get("on") === "1")))],
  ]);
}

const noFleet: Answer = { status: 404, text: "This site shares no server with others (option fleet_url)." };

function done(_nothing: void): Answer {
  return "done";
}

const invalid = (what: string): Answer => ({ status: 400, text: what });

/** Undefined of what is no number or outside of [least, most]. */
function numberIn(query: URLSearchParams, name: string, least: number, most: number): number | undefined {
  const text = query.get(name) ?? "";
  const value = Number(text);
  return text !== "" && value >= least && value <= most ? value : undefined;
}

/** For programs of the user's own: the pages follow the live feed, which has only a row of each entity. */
function wholeOverview(content: PanelContent): Overview & { readonly verdict: Verdict } {
  const overview = content.overview();
  return { ...overview, verdict: verdictOf(overview) };
}

function healthOf(content: PanelContent): Answer {
  const { connection, storage } = content.health();
  return { json: { connection: connection.state, storage: storage.status } };
}

async function diffOf(content: PanelContent): Promise<Answer> {
  const { files, missing } = await content.planPatch();
  if (missing !== undefined) return { status: 404, text: missing };
  return { download: files.map(({ lines }) => `${lines.join("\n")}\n`).join(""), name: "modbus-cadence.diff" };
}

function foundOr404(found: unknown): Answer {
  return found === undefined ? { status: 404, text: "There is no plan for this bus yet." } : { json: found };
}

function previewOf(content: PanelContent, query: URLSearchParams): Answer {
  const share = numberIn(query, "share", 0.001, 1);
  if (share === undefined) return invalid("share must be a number from 0.001 to 1.");
  return foundOr404(content.planPreview(query.get("bus") ?? "", share));
}

async function entityOf(content: PanelContent, query: URLSearchParams): Promise<Answer> {
  const entityId = query.get("id");
  const detail = isEntityId(entityId) ? await content.entity(entityId) : undefined;
  return detail === undefined ? { status: 404, text: "No such entity is followed." } : { json: detail };
}

async function plotOf(content: PanelContent, query: URLSearchParams): Promise<Answer> {
  const entityId = query.get("id");
  const [from, to] = [numberIn(query, "from", 0, latest), numberIn(query, "to", 0, latest)];
  const columns = numberIn(query, "columns", 10, mostColumns);
  if (!isEntityId(entityId)) return invalid("id must be an entity's id.");
  if (from === undefined || to === undefined || columns === undefined || to - from < 1_000)
    return invalid("from and to must be ms since 1970 at least a second apart, columns a number of pixels.");
  return { json: await content.plot(entityId, { from, to, columns: Math.round(columns) }) };
}

async function sparksOf(content: PanelContent, query: URLSearchParams): Promise<Answer> {
  const entityIds = (query.get("ids") ?? "").split(",");
  if (entityIds.length > mostSparks || !entityIds.every(isEntityId))
    return invalid(`ids must be at most ${mostSparks} ids of entities.`);
  return { json: await content.sparkLines(entityIds) };
}

async function restore(actions: PanelActions, query: URLSearchParams): Promise<Answer> {
  return (await actions.restore(query.get("name") ?? "")) ? "done" : { status: 404, text: "There is no such backup." };
}

async function setBudget(actions: PanelActions, query: URLSearchParams): Promise<Answer> {
  const share = numberIn(query, "share", 0.01, 1);
  if (share === undefined) return invalid("share must be a number from 0.01 to 1.");
  return done(await actions.setBudget(share));
}
