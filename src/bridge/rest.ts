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
  let response: Response;
  try {
    response = await fetch(`${addresses.rest}/states/${encodeURIComponent(entityId)}`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ state, attributes }),
      signal: AbortSignal.timeout(deadline),
    });
    await response.arrayBuffer();
  } catch (cause) {
    throw new CadenceError("HASS_UNREACHABLE", `Home Assistant at ${addresses.base} did not take a state.`, { cause });
  }
  if (response.ok) return;
  throw new CadenceError(
    "HASS_COMMAND_FAILED",
    `Home Assistant refused the state of ${entityId}: HTTP ${response.status}.`,
    {
      details: { command: "POST /api/states", reason: `http_${response.status}` },
    },
  );
}
