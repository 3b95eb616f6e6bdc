import { request } from "node:http";
import { request as requestSecurely } from "node:https";
import { CadenceError } from "#core/errors.ts";
import type { EntityId } from "#model/entity.ts";
import type { Addresses } from "./addresses.ts";

const deadline = 15_000;

/** Sets a state that belongs to no entity. Throws HASS_UNREACHABLE, HASS_COMMAND_FAILED. */
export async function postState(
  addresses: Addresses,
  token: string,
  entityId: EntityId,
  state: string,
  attributes: Readonly<Record<string, unknown>>,
): Promise<void> {
  const address = `${addresses.rest}/states/${encodeURIComponent(entityId)}`;
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const status = await post(address, headers, JSON.stringify({ state, attributes })).catch((cause: unknown) => {
    throw new CadenceError("HASS_UNREACHABLE", `Home Assistant at ${addresses.base} did not take a state.`, { cause });
  });
  if (status >= 200 && status < 300) return;
  throw new CadenceError("HASS_COMMAND_FAILED", `Home Assistant refused the state of ${entityId}: HTTP ${status}.`, {
    details: { command: "POST /api/states", reason: `http_${status}` },
  });
}

/**
 * Resolves with the status once the whole answer has come, of which nothing is kept. Not by `fetch`: a server that closes a connection behind a long answer ends
 * the process with an error that nobody can catch (nodejs/undici#5360, in Node 24).
 */
function post(address: string, headers: Readonly<Record<string, string>>, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const url = new URL(address);
    const send = url.protocol === "https:" ? requestSecurely : request;
    const sent = send(url, { method: "POST", headers, signal: AbortSignal.timeout(deadline) }, (response) => {
      response.once("error", reject);
      response.once("end", () => resolve(response.statusCode ?? 0));
      response.resume();
    });
    sent.once("error", reject);
    sent.end(body);
  });
}
