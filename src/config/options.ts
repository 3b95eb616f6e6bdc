import type { Option } from "./option.ts";
import { limitsPattern, tolerancePattern } from "./wishes.ts";

const globPattern = /^[a-z0-9_.*?]+$/;
const globRule = "entity globs such as sensor.heat_pump_*";

/** THE table: validation, JSON schema, documentation and the add-on's options are made from it. */
export const options = {
  home_assistant_url: {
    type: "url",
    protocols: ["http:", "https:"],
    text: "Address of Home Assistant, as in the browser. Not needed in the add-on.",
    environment: "HASS_URL",
    addon: false,
  },
  home_assistant_token: {
    type: "secret",
    text: "Long-lived access token of an administrator (profile page, Security). Not needed in the add-on.",
    environment: "HASS_TOKEN",
    addon: false,
  },
  integrations: {
    type: "list",
    pattern: /^[a-z0-9_]+$/,
    rule: "integration names such as modbus",
    default: [
      "modbus",
      "solax_modbus",
      "solaredge_modbus",
      "solaredge_modbus_multi",
      "huawei_solar",
      "foxess_modbus",
      "sunspec",
      "saj_modbus",
      "saj_h2_modbus",
      "growatt_modbus",
      "solarman",
      "solis_modbus",
      "sigen",
      "sungrow_modbus",
      "modbus_local_gateway",
      "modbus_manager",
      "stiebel_eltron_isg",
      "victron",
    ],
    text: "Integrations whose entities are read over Modbus.",
  },
  include: {
    type: "list",
    pattern: globPattern,
    rule: globRule,
    default: [],
    text: "Only entities that match one of these globs are followed; empty means all.",
  },
  exclude: {
    type: "list",
    pattern: globPattern,
    rule: globRule,
    default: [],
    text: "Entities that match one of these globs are not followed.",
  },
  backfill_days: {
    type: "integer",
    minimum: 0,
    maximum: 365,
    unit: "days",
    default: 10,
    text: "How far back the recorder is asked at the first start, so that advice comes at once.",
  },
  home_assistant_config: {
    type: "text",
    pattern: /\S/,
    rule: "a folder",
    text: "Folder of Home Assistant's configuration, where it can be reached. The past of the entities is then read from the recorder's file there, and what the older Python package left (modbus_state, modbus_statistics) is taken over; its Modbus hubs tell which entity is on which bus. /homeassistant in the add-on.",
    addon: false,
  },
  store_directory: {
    type: "text",
    pattern: /\S/,
    rule: "a folder",
    default: "data",
    text: "Folder that holds everything that is learned. Relative to the folder the program is started in; /data in the add-on.",
    addon: false,
  },
  commit_interval: {
    type: "number",
    minimum: 0,
    maximum: 3600,
    unit: "seconds",
    default: 10,
    text: "A power loss costs at most what arrived in this time. 0 makes every write durable at once and wears an SD card out.",
  },
  backup_interval: {
    type: "number",
    minimum: 0,
    maximum: 720,
    unit: "hours",
    default: 24,
    text: "How often the store is backed up beside itself. What never changes is linked, not copied. 0 makes no backups.",
  },
  backup_keep: {
    type: "integer",
    minimum: 1,
    maximum: 365,
    default: 7,
    text: "How many backups are kept; the oldest go first.",
  },
  backup_keep_daily: {
    type: "integer",
    minimum: 0,
    maximum: 366,
    default: 0,
    text: "Of this many days the last backup is kept as well.",
  },
  backup_keep_weekly: {
    type: "integer",
    minimum: 0,
    maximum: 520,
    default: 4,
    text: "Of this many weeks the last backup is kept as well.",
  },
  retention_days: {
    type: "integer",
    minimum: 0,
    maximum: 36_500,
    unit: "days",
    default: 0,
    text: "Values older than this are removed; what each hour was like is kept. 0 keeps everything. Below 30 counts as 30.",
  },
  retention_size: {
    type: "integer",
    minimum: 0,
    maximum: 1_000_000,
    unit: "MB",
    default: 0,
    text: "When the store is larger, the oldest values are removed. 0 sets no limit. A store below 20 MB is never cut.",
  },
  bus_budget: {
    type: "number",
    minimum: 0.05,
    maximum: 1,
    unit: "share of the bus",
    default: 0.5,
    text: "How much of a bus the reads may take; the rest stays free for writes and answers that come late. Where entities are written as well, at most 0.7.",
  },
  tolerances: {
    type: "list",
    pattern: tolerancePattern,
    rule: "entity globs, each with a value in the entity's unit, such as sensor.*_temperature=0.2",
    default: [],
    text: "How far a shown value may be off and still be as good as right. Without one the plan counts how far it is off.",
  },
  interval_limits: {
    type: "list",
    pattern: limitsPattern,
    rule: "entity globs, each with two times in seconds, such as sensor.meter_*=1..10",
    default: [],
    text: "Between which times the interval of an entity has to be, in plans and for the drive.",
  },
  drive: {
    type: "boolean",
    default: false,
    text: "Whether the program reads entities itself, through Home Assistant, when each is worth it. Only those with scan_interval 0 and those named in drive_entities. The switch in Home Assistant stands in its place once it was used.",
  },
  drive_entities: {
    type: "list",
    pattern: globPattern,
    rule: globRule,
    default: [],
    text: "Entities that the drive reads beside those with scan_interval 0.",
  },
  drive_wanted: {
    type: "list",
    pattern: globPattern,
    rule: globRule,
    default: [],
    text: "Of the driven entities, those that are wanted as fresh as can be, whatever they do: read up to eight times as often as the mean.",
  },
  drive_budget: {
    type: "number",
    minimum: 0.01,
    maximum: 0.8,
    unit: "share of the bus",
    default: 0.25,
    text: "How much of a bus the drive may take at most, in every ten seconds; never more than others leave of bus_budget.",
  },
  drive_least_interval: {
    type: "number",
    minimum: 0.5,
    maximum: 3600,
    unit: "seconds",
    default: 2,
    text: "The drive reads no entity more often than this. Each value that differs is a row in the recorder.",
  },
  publish: {
    type: "choice",
    choices: ["auto", "mqtt", "states", "off"],
    default: "auto",
    text: "How sensors get into Home Assistant: over MQTT where it is set up, else as plain states (auto).",
  },
  publish_interval: {
    type: "integer",
    minimum: 5,
    maximum: 3600,
    unit: "seconds",
    default: 30,
    text: "Sensors are updated at most this often.",
  },
  publish_entities: {
    type: "list",
    pattern: globPattern,
    rule: globRule,
    default: [],
    text: "Entities that get sensors of their own for effective and recommended interval.",
  },
  language: {
    type: "choice",
    choices: ["auto", "en", "de"],
    default: "auto",
    text: "Language of the sensors' names; auto takes the home's, or English where we do not know it.",
  },
  mqtt_url: {
    type: "url",
    protocols: ["mqtt:", "mqtts:"],
    text: "Address of the MQTT broker; mqtts is encrypted. The add-on finds it by itself where the Mosquitto add-on runs. Without one, messages go through Home Assistant, which cannot say when the program has died.",
    environment: "MQTT_URL",
  },
  mqtt_username: {
    type: "text",
    pattern: /\S/,
    rule: "a user name",
    text: "User of the MQTT broker, where it is not in its address.",
  },
  mqtt_password: { type: "secret", text: "Password of that user." },
  mqtt_ca: {
    type: "text",
    pattern: /\S/,
    rule: "a file",
    text: "File with the certificates (PEM) that vouch for the broker's, where this machine does not know them.",
  },
  fleet_url: {
    type: "url",
    protocols: ["postgres:", "postgresql:"],
    text: "Address of a PostgreSQL data base that many sites share; values are sent there as well. Without one nothing leaves this machine.",
  },
  fleet_password: { type: "secret", text: "Password of the user in that address." },
  fleet_ca: {
    type: "text",
    pattern: /\S/,
    rule: "a path",
    text: "File with the certificates (PEM) that vouch for that server; the connection is then encrypted and the server's name checked.",
  },
  fleet_site: {
    type: "text",
    pattern: /^\S(?:.{0,62}\S)?$/,
    rule: "a name of at most 64 characters",
    default: "home",
    text: "Name of this site among all that share the data base; each needs its own.",
  },
  mqtt_discovery_prefix: {
    type: "text",
    pattern: /^[A-Za-z0-9_-]+(\/[A-Za-z0-9_-]+)*$/,
    rule: "an MQTT topic without wildcards",
    default: "homeassistant",
    text: "Discovery prefix of Home Assistant's MQTT integration.",
  },
  panel_host: {
    type: "text",
    pattern: /^[A-Za-z0-9.:_-]+$/,
    rule: "a host name or address",
    default: "127.0.0.1",
    text: "Address the panel listens on. Anything but this machine's own needs panel_token.",
    addon: false,
  },
  panel_port: {
    type: "integer",
    minimum: 0,
    maximum: 65535,
    default: 8099,
    text: "Port of the panel; 0 takes a free one.",
    addon: false,
  },
  panel_token: {
    type: "secret",
    text: "Opens the panel from other machines: http://host:port/?token=…",
    addon: false,
  },
  startup_timeout: {
    type: "integer",
    minimum: 0,
    maximum: 86400,
    unit: "seconds",
    default: 30,
    text: "How long the first connection may take before the program ends with the reason; 0 waits for ever, as the add-on does.",
    addon: false,
  },
  log_level: {
    type: "choice",
    choices: ["debug", "info", "warn", "error"],
    default: "info",
    text: "How much the log tells.",
  },
} as const satisfies Record<string, Option>;

export type OptionKey = keyof typeof options;

/** The table with its rows typed as plain options. */
export const optionTable: Readonly<Record<OptionKey, Option>> = options;

type ValueOf<Row extends Option> = Row extends { type: "integer" | "number" }
  ? number
  : Row extends { type: "boolean" }
    ? boolean
    : Row extends { type: "choice"; choices: readonly (infer Choice)[] }
      ? Choice
      : Row extends { type: "list" }
        ? readonly string[]
        : string;

type HasDefault<Row extends Option> = Row extends { default: unknown } ? true : false;

/** A validated, frozen configuration: every option that has a default, and those that were set. */
export type Config = {
  readonly [Key in OptionKey as HasDefault<(typeof options)[Key]> extends true ? Key : never]: ValueOf<
    (typeof options)[Key]
  >;
} & {
  readonly [Key in OptionKey as HasDefault<(typeof options)[Key]> extends true ? never : Key]?: string;
};
