import type { RegisterType, YamlEntity, YamlRead } from "#model/yaml-hub.ts";
import { entityIdOf } from "./entity-id.ts";
import { type Report, scalarOf, type Tree, type TreeMap } from "./tree.ts";

/** Keys of a hub that hold entities. */
export const platforms = [
  { key: "sensors", domain: "sensor" },
  { key: "binary_sensors", domain: "binary_sensor" },
  { key: "switches", domain: "switch" },
  { key: "covers", domain: "cover" },
  { key: "climates", domain: "climate" },
  { key: "fans", domain: "fan" },
  { key: "lights", domain: "light" },
  { key: "numbers", domain: "number" },
] as const;

/** Home Assistant's own, in seconds. */
const defaultInterval = 15;
/** From here on it does not warn. */
const shortestInterval = 5;
/** Of one read: MODBUS Application Protocol V1.1b3, 6.1 to 6.4. */
const mostRegisters = 125;
const mostBits = 2_000;
const registersOf: Readonly<Record<string, number>> = {
  int16: 1,
  uint16: 1,
  float16: 1,
  int32: 2,
  uint32: 2,
  float32: 2,
  int64: 4,
  uint64: 4,
  float64: 4,
};
/** Their length stands in `count`. */
const ownLength: ReadonlySet<string> = new Set(["string", "custom"]);
/** Names of before 2021. */
const oldTypes: Readonly<Record<string, string>> = { int: "int16", uint: "uint16", float: "float32" };
/** Registers of a climate beside its temperature; each is a read of its own. */
const climateRegisters = [
  "target_temp_register",
  "hvac_mode_register",
  "hvac_onoff_register",
  "hvac_onoff_coil",
  "hvac_action_register",
  "fan_mode_register",
  "swing_mode_register",
] as const;
const removedKeys: readonly string[] = ["lazy_error_count", "reverse_order", "register", "register_type"];

/** An entity and the map it was read from. */
export interface ReadEntity {
  readonly entity: YamlEntity;
  readonly map: TreeMap;
}

/** One entity; undefined for what is none. Whatever is wrong with it is reported. */
export function readEntity(domain: string, tree: Tree, report: Report): ReadEntity | undefined {
  if (tree.kind !== "map") {
    if (tree.kind === "list" || tree.value !== null) {
      report(tree, "entity-not-a-map", `A ${domain} is expected here: a name, an address, and so on.`);
    }
    return undefined;
  }
  for (const key of removedKeys) {
    const entry = tree.entries.get(key);
    if (entry !== undefined) {
      report(
        entry,
        "removed-key",
        `Home Assistant has removed ${key}, and refuses the configuration because of it. Remove the line.`,
      );
    }
  }
  const address = wholeNumber(tree, "address", report, { least: 0, most: 65_535 });
  const name = scalarOf(tree, "name");
  if (name === undefined || name === null || name === "") {
    report(
      tree,
      "entity-without-name",
      "An entity without a name: Home Assistant refuses the configuration. Give it one.",
    );
  }
  if (address === undefined) {
    if (!tree.entries.has("address")) {
      report(
        tree,
        "entity-without-address",
        `${String(name ?? "An entity")} has no address and cannot be read. Add the register's.`,
      );
    }
    return undefined;
  }
  const interval = intervalOf(tree, report);
  const uniqueId = scalarOf(tree, "unique_id");
  const text = name === undefined || name === null ? `${domain} ${address}` : String(name);
  const reads = readsOf(domain, tree, address, report);
  const entity: YamlEntity = {
    file: tree.file,
    line: tree.line,
    domain,
    name: text,
    entityId: entityIdOf(domain, text),
    ...(typeof uniqueId === "string" || typeof uniqueId === "number" ? { uniqueId: String(uniqueId) } : {}),
    unit: unitOf(tree, report),
    dataType: dataTypeOf(domain, tree, report),
    reads,
    more: domain === "sensor" || domain === "binary_sensor" ? copies(tree, () => undefined) : 0,
    ...interval,
  };
  return { entity, map: tree };
}

function intervalOf(tree: TreeMap, report: Report): Pick<YamlEntity, "interval" | "intervalIsSet"> {
  const entry = tree.entries.get("scan_interval");
  if (entry === undefined) return { interval: defaultInterval, intervalIsSet: false };
  const seconds = numberIn(entry.value);
  if (seconds === undefined || !Number.isInteger(seconds) || seconds < 0) {
    report(
      entry,
      "interval-invalid",
      `scan_interval must be a whole number of seconds; ${defaultInterval} s are assumed.`,
    );
    return { interval: defaultInterval, intervalIsSet: false };
  }
  if (seconds === 0) {
    report(
      entry,
      "interval-zero",
      "Read once at the start and then only when homeassistant.update_entity asks for it.",
    );
  } else if (seconds < shortestInterval) {
    report(
      entry,
      "interval-short",
      `Home Assistant warns of intervals below ${shortestInterval} s: each such entity takes a large part of the bus.`,
    );
  }
  return { interval: seconds, intervalIsSet: true };
}

function unitOf(tree: TreeMap, report: Report): number {
  const [slave, unit] = [tree.entries.get("slave"), tree.entries.get("device_address")];
  if (slave !== undefined && unit !== undefined) {
    report(unit, "unit-twice", "slave and device_address mean the same, and only one may stand here. Remove slave.");
  }
  const key = unit === undefined ? "slave" : "device_address";
  return wholeNumber(tree, key, report, { least: 0, most: 255 }) ?? 1;
}

function dataTypeOf(domain: string, tree: TreeMap, report: Report): string {
  if (domain === "binary_sensor") return "bit";
  const given = scalarOf(tree, "data_type");
  const type = typeof given === "string" ? given.toLowerCase() : "int16";
  if (type in registersOf || ownLength.has(type)) return type;
  const old = oldTypes[type];
  const entry = tree.entries.get("data_type");
  if (entry !== undefined) {
    const instead = old === undefined ? `one of ${Object.keys(registersOf).join(", ")}, string, custom` : old;
    report(entry, "type-unknown", `Home Assistant does not know the data_type ${type}. Write ${instead}.`);
  }
  return old ?? "int16";
}

function readsOf(domain: string, tree: TreeMap, address: number, report: Report): readonly YamlRead[] {
  switch (domain) {
    case "binary_sensor": {
      const registerType = registerTypeOf(tree, "input_type", "coil", report);
      return [limited({ registerType, address, count: 1 + copies(tree, report) }, tree, report)];
    }
    case "switch":
    case "light":
    case "fan":
      return verifyReads(tree, address, report);
    case "cover": {
      const status = wholeNumber(tree, "status_register", report, { least: 0, most: 65_535 });
      const registerType = registerTypeOf(
        tree,
        status === undefined ? "input_type" : "status_register_type",
        "holding",
        report,
      );
      return [{ registerType, address: status ?? address, count: 1 }];
    }
    default: {
      const registerType = registerTypeOf(tree, "input_type", "holding", report);
      const count = lengthOf(tree, report);
      const first = limited({ registerType, address, count: count * (1 + copies(tree, report)) }, tree, report);
      if (domain !== "climate") return [first];
      const others = climateRegisters.flatMap((key): YamlRead[] => {
        const other = registerIn(tree.entries.get(key)?.value);
        if (other === undefined) return [];
        return [
          {
            registerType: key === "hvac_onoff_coil" ? "coil" : "holding",
            address: other,
            count: key === "target_temp_register" ? count : 1,
          },
        ];
      });
      return [first, ...others];
    }
  }
}

/** Without `verify` it is written and never read; an empty `verify:` reads it where it is written. */
function verifyReads(tree: TreeMap, address: number, report: Report): readonly YamlRead[] {
  const verify = tree.entries.get("verify")?.value;
  if (verify === undefined) return [];
  const written = registerTypeOf(tree, "write_type", "holding", report);
  if (verify.kind !== "map") return [{ registerType: written, address, count: 1 }];
  return [
    {
      registerType: registerTypeOf(verify, "input_type", written, report),
      address: wholeNumber(verify, "address", report, { least: 0, most: 65_535 }) ?? address,
      count: 1,
    },
  ];
}

/** A register that stands alone, as the first of a list, or as the `address` of a map. */
function registerIn(tree: Tree | undefined): number | undefined {
  if (tree === undefined) return undefined;
  if (tree.kind === "list") return registerIn(tree.items[0]);
  return numberIn(tree.kind === "map" ? tree.entries.get("address")?.value : tree);
}

/** Entities that the same read gives beside the first. */
function copies(tree: TreeMap, report: Report): number {
  const most = { least: 0, most: 10_000 };
  return wholeNumber(tree, "virtual_count", report, most) ?? wholeNumber(tree, "slave_count", report, most) ?? 0;
}

function lengthOf(tree: TreeMap, report: Report): number {
  const given = scalarOf(tree, "data_type");
  const type = typeof given === "string" ? given.toLowerCase() : "int16";
  const known = registersOf[oldTypes[type] ?? type];
  const count = wholeNumber(tree, "count", report, { least: 1, most: 1_000 });
  return count ?? known ?? 1;
}

function limited(read: YamlRead, tree: TreeMap, report: Report): YamlRead {
  const isBits = read.registerType === "coil" || read.registerType === "discrete_input";
  const most = isBits ? mostBits : mostRegisters;
  if (read.count > most) {
    const what = isBits ? "bits" : "registers";
    report(
      tree,
      "too-many-registers",
      `Asks for ${read.count} ${what} in one read; Modbus allows ${most}, so the device answers with an error. Split it.`,
    );
  }
  return read;
}

const registerTypes: Readonly<Record<string, RegisterType>> = {
  holding: "holding",
  holdings: "holding",
  input: "input",
  coil: "coil",
  coils: "coil",
  discrete_input: "discrete_input",
  discrete_inputs: "discrete_input",
};

function registerTypeOf(tree: TreeMap, key: string, otherwise: RegisterType, report: Report): RegisterType {
  const entry = tree.entries.get(key);
  if (entry === undefined) return otherwise;
  const given = entry.value.kind === "scalar" ? String(entry.value.value) : "";
  const known = registerTypes[given];
  if (known === undefined) {
    report(
      entry,
      "type-unknown",
      `Home Assistant does not know the ${key} ${given}. Write holding, input, coil or discrete_input.`,
    );
  }
  return known ?? otherwise;
}

/** A number, also one that is written as text. */
function numberIn(tree: Tree | undefined): number | undefined {
  const value = tree?.kind === "scalar" ? tree.value : undefined;
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

/** Undefined, and reported where something stands there, for what is no whole number within the limits. */
export function wholeNumber(
  tree: TreeMap,
  key: string,
  report: Report,
  { least, most }: { readonly least: number; readonly most: number },
): number | undefined {
  const entry = tree.entries.get(key);
  if (entry === undefined) return undefined;
  const number = numberIn(entry.value);
  if (number !== undefined && Number.isInteger(number) && number >= least && number <= most) return number;
  const isSecret = entry.value.kind === "scalar" && entry.value.value === undefined;
  if (!isSecret) report(entry, "number-invalid", `${key} must be a whole number from ${least} to ${most}.`);
  return undefined;
}
