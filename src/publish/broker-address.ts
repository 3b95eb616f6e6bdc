import { CadenceError } from "#core/errors.ts";
import type { BrokerAddress } from "./broker.ts";

const deadline = 10_000;

/** Options that name a broker. */
export interface BrokerSettings {
  readonly url: string | undefined;
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** PEM. */
  readonly ca: string | undefined;
}

/** The broker that the options name; undefined when they name none. User and password may stand in the address. */
export function namedBroker({ url, username, password, ca }: BrokerSettings): BrokerAddress | undefined {
  if (url === undefined) return undefined;
  const parsed = new URL(url);
  const user = username ?? (parsed.username === "" ? undefined : decodeURIComponent(parsed.username));
  const secret = password ?? (parsed.password === "" ? undefined : decodeURIComponent(parsed.password));
  parsed.username = "";
  parsed.password = "";
  return {
    url: parsed.href,
    ...(user === undefined ? {} : { username: user }),
    ...(secret === undefined ? {} : { password: secret }),
    ...(ca === undefined ? {} : { ca }),
  };
}

/**
 * The broker that the add-ons share, as the Supervisor hands it out (`services: [mqtt:want]`); undefined where there is none. Throws PUBLISH_FAILED when the
 * Supervisor cannot be asked.
 */
export async function supervisorBroker(token: string, ask: typeof fetch = fetch): Promise<BrokerAddress | undefined> {
  let answer: { data?: Record<string, unknown> } | null;
  try {
    const response = await ask("http://supervisor/services/mqtt", {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(deadline),
    });
    // 400: no add-on offers this service.
    if (response.status === 400 || response.status === 404) return undefined;
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    answer = (await response.json()) as { data?: Record<string, unknown> } | null;
  } catch (cause) {
    throw new CadenceError("PUBLISH_FAILED", "the Supervisor does not say where it is", { cause });
  }
  const { host, port, ssl, username, password } = answer?.data ?? {};
  if (typeof host !== "string" || host === "" || !Number.isInteger(Number(port))) return undefined;
  return {
    url: `${ssl === true ? "mqtts" : "mqtt"}://${host.includes(":") ? `[${host}]` : host}:${Number(port)}`,
    ...(typeof username === "string" && username !== "" ? { username } : {}),
    ...(typeof password === "string" && password !== "" ? { password } : {}),
  };
}
