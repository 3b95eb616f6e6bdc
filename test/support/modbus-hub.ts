import type { YamlEntity, YamlHub } from "#model/yaml-hub.ts";

/** One register of unit 1 as it stands in a configuration; `more` replaces what a test is about. */
export function yamlEntity(
  address: number,
  interval = 10,
  more: Partial<YamlEntity> & { count?: number } = {},
): YamlEntity {
  const { count = 1, ...parts } = more;
  return {
    file: "configuration.yaml",
    line: address,
    domain: "sensor",
    name: `A ${address}`,
    entityId: `sensor.a_${address}`,
    unit: 1,
    dataType: "uint16",
    reads: [{ registerType: "input", address, count }],
    more: 0,
    interval,
    intervalIsSet: true,
    ...parts,
  };
}

/** A serial line at 9,600 baud with Home Assistant's own wait. */
export function serialHub(entities: readonly YamlEntity[]): YamlHub {
  return {
    file: "configuration.yaml",
    line: 1,
    name: "line",
    type: "serial",
    endpoint: "/dev/ttyUSB0",
    baud: 9_600,
    timeout: 3,
    messageWait: 0.03,
    entities,
  };
}
