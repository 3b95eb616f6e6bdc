import type { Bus } from "#model/bus.ts";
import type { YamlEntity, YamlHub } from "#model/yaml-hub.ts";
import type { FoundHub } from "./find-hubs.ts";
import { platforms, readEntity, wholeNumber } from "./read-entity.ts";
import { itemsOf, type Report, scalarOf, type TreeMap } from "./tree.ts";

const types: ReadonlySet<string> = new Set(["tcp", "udp", "rtuovertcp", "serial"]);
const defaultTimeout = 3;
/** Seconds; on a serial line only. */
const serialWait = 0.03;
const defaultName = "modbus_hub";
const knownKeys: ReadonlySet<string> = new Set([
  ...platforms.map(({ key }) => key),
  ...["name", "type", "host", "port", "timeout", "delay", "message_wait_milliseconds"],
  ...["method", "baudrate", "bytesize", "parity", "stopbits"],
]);
const removedKeys: ReadonlySet<string> = new Set(["close_comm_on_error", "retries", "retry_on_empty"]);

/** A hub, and of each of its entities the map that it was read from. */
export interface ReadHub {
  readonly hub: YamlHub;
  readonly maps: ReadonlyMap<YamlEntity, TreeMap>;
}

/** One hub with its entities. */
export function readHub({ map, isStandIn }: FoundHub, report: Report): ReadHub {
  const given = scalarOf(map, "type");
  const type = typeof given === "string" && types.has(given) ? (given as Bus["type"]) : "unknown";
  if (!isStandIn) reportKeys(map, type, report);
  const read = platforms.flatMap(({ key, domain }) =>
    itemsOf(map.entries.get(key)?.value).flatMap((item) => readEntity(domain, item, report) ?? []),
  );
  const timeout = scalarOf(map, "timeout");
  const wait = wholeNumber(map, "message_wait_milliseconds", report, { least: 0, most: 100_000 });
  const name = scalarOf(map, "name");
  const hub: YamlHub = {
    file: map.file,
    line: map.line,
    name: typeof name === "string" || typeof name === "number" ? String(name) : isStandIn ? "unknown hub" : defaultName,
    type,
    endpoint: endpointOf(map, type),
    ...(type === "serial" ? lineOf(map, report) : {}),
    timeout: typeof timeout === "number" && timeout > 0 ? timeout : defaultTimeout,
    messageWait: wait === undefined ? (type === "serial" ? serialWait : 0) : wait / 1_000,
    entities: read.map(({ entity }) => entity),
  };
  return { hub, maps: new Map(read.map((each) => [each.entity, each.map])) };
}

function reportKeys(map: TreeMap, type: Bus["type"], report: Report): void {
  if (type === "unknown") {
    const entry = map.entries.get("type");
    report(entry ?? map, "hub-without-type", "A hub needs a type: tcp, udp, rtuovertcp or serial.");
  }
  const needed = type === "serial" ? ["port"] : ["host", "port"];
  const missing = needed.filter((key) => !map.entries.has(key));
  if (type !== "unknown" && missing.length > 0) {
    report(
      map,
      "hub-without-endpoint",
      `The hub has no ${missing.join(" and no ")}, so Home Assistant cannot reach it.`,
    );
  }
  for (const [key, entry] of map.entries) {
    if (removedKeys.has(key)) {
      report(
        entry,
        "removed-key",
        `Home Assistant has removed ${key}, and refuses the hub because of it. Remove the line.`,
      );
    } else if (!knownKeys.has(key)) {
      const advice = key === "scan_interval" ? "Set it in each entity instead." : "Remove the line.";
      report(
        entry,
        "hub-unknown-key",
        `Home Assistant does not know ${key} in a hub, and leaves the hub out. ${advice}`,
      );
    }
  }
}

function endpointOf(map: TreeMap, type: Bus["type"]): string {
  const text = (key: string): string => {
    const value = scalarOf(map, key);
    return typeof value === "string" || typeof value === "number" ? String(value) : "";
  };
  const [host, port] = [text("host"), text("port")];
  return type === "serial" || host === "" ? (type === "serial" ? port : "") : `${host}:${port === "" ? "502" : port}`;
}

function lineOf(map: TreeMap, report: Report): Pick<YamlHub, "baud" | "bitsPerByte" | "framing"> {
  const number = (key: string, most: number): number | undefined => wholeNumber(map, key, report, { least: 1, most });
  const parity = scalarOf(map, "parity");
  const parityBits = parity === "E" || parity === "O" ? 1 : 0;
  return {
    baud: number("baudrate", 10_000_000) ?? 9_600,
    bitsPerByte: 1 + (number("bytesize", 8) ?? 8) + parityBits + (number("stopbits", 2) ?? 1),
    framing: scalarOf(map, "method") === "ascii" ? "ascii" : "rtu",
  };
}
