/** One open connection as Home Assistant's `modbus/connections/list` tells it (2026.10 and later). */
export interface ModbusConnection {
  readonly type: "tcp" | "udp" | "rtuovertcp" | "serial" | "unknown";
  /** `127.0.0.1:502` or `/dev/ttyUSB0`. */
  readonly endpoint: string;
  readonly source: "config_entry" | "yaml";
  /** Unit addresses by config entry id (source config_entry) or hub name (source yaml). */
  readonly units: Readonly<Record<string, readonly number[]>>;
}
