import type { Bus } from "#model/bus.ts";
import type { YamlHub, YamlRead } from "#model/yaml-hub.ts";

/** What is assumed of a line until it was observed. */
export interface LineParameters {
  readonly baud: number;
  /** Bits on the wire for one byte: start, data, parity, stop. */
  readonly bitsPerByte: number;
  /** Seconds a device thinks before it answers. */
  readonly turnaround: number;
  /** Seconds Home Assistant waits between two messages on a serial line. */
  readonly messageWait: number;
}

/** A common serial line, 9,600 baud 8N1, with Home Assistant's own wait of 30 ms. */
const assumedLine: LineParameters = { baud: 9_600, bitsPerByte: 10, turnaround: 0.02, messageWait: 0.03 };
/** A read over TCP as people report it: 3 to 100 ms. */
export const assumedTcpRead = 0.05;

/**
 * Seconds a serial line is busy for a read of `registers`: request of 8 bytes, answer of 5 + 2n, twice the silence of 3.5
 * characters (1.75 ms above 19,200 baud), turnaround and wait. MODBUS over Serial Line V1.02, 2.5.1.1.
 */
export function serialReadSeconds(registers: number, line: LineParameters = assumedLine): number {
  const byte = line.bitsPerByte / line.baud;
  const silence = line.baud <= 19_200 ? 3.5 * byte : 0.001_75;
  return (13 + 2 * registers) * byte + 2 * silence + line.turnaround + line.messageWait;
}

/** Seconds for a read of one register on a bus nothing else is known of. */
export function assumedReadSeconds(type: Bus["type"]): number {
  return type === "serial" || type === "rtuovertcp" ? serialReadSeconds(1) : assumedTcpRead;
}

/** Seconds the bus is busy for a read, and between which limits that is likely. */
export interface ReadCost {
  readonly seconds: number;
  readonly low: number;
  readonly high: number;
}

/** Seconds a device thinks before it answers; MODBUS over Serial Line sets no limit, these are usual. */
const turnarounds = { low: 0.005, usual: assumedLine.turnaround, high: 0.1 };
/** Of a read over TCP, there and back. */
const tcpReads = { low: 0.003, usual: assumedTcpRead, high: 0.1 };
/** Characters of an ASCII request and answer without data: a colon, two for each byte, the check's two, and the line end. */
const asciiFrames = 17 + 11;

/** What a read of a hub costs as its configuration says, until it was observed. */
export function readCost({ type, baud, bitsPerByte, framing, messageWait }: YamlHub, read: YamlRead): ReadCost {
  if (type !== "serial") {
    // Behind a gateway of RTU frames there is a serial line of which nothing is known.
    const line =
      type === "rtuovertcp"
        ? serialReadSeconds(registersIn(read), { ...assumedLine, turnaround: 0, messageWait: 0 })
        : 0;
    const of = (seconds: number): number => seconds + line + messageWait;
    return { seconds: of(tcpReads.usual), low: of(tcpReads.low), high: of(tcpReads.high) };
  }
  const line = {
    ...assumedLine,
    baud: baud ?? assumedLine.baud,
    bitsPerByte: bitsPerByte ?? assumedLine.bitsPerByte,
    messageWait,
  };
  const of = (turnaround: number): number =>
    framing === "ascii"
      ? ((asciiFrames + 4 * registersIn(read)) * line.bitsPerByte) / line.baud + turnaround + messageWait
      : serialReadSeconds(registersIn(read), { ...line, turnaround });
  return { seconds: of(turnarounds.usual), low: of(turnarounds.low), high: of(turnarounds.high) };
}

/** Bits travel sixteen to a register. */
function registersIn({ registerType, count }: YamlRead): number {
  return registerType === "coil" || registerType === "discrete_input" ? Math.ceil(count / 8) / 2 : count;
}

/** Of one read of the hub, the mean over all that is asked for; of a read of one register where nothing is. */
export function meanReadCost(hub: YamlHub): ReadCost {
  const asked = hub.entities.flatMap(({ reads, interval }) =>
    interval > 0 ? reads.map((read) => ({ weight: 1 / interval, cost: readCost(hub, read) })) : [],
  );
  if (asked.length === 0) return readCost(hub, { registerType: "holding", address: 0, count: 1 });
  const weight = asked.reduce((sum, each) => sum + each.weight, 0);
  const mean = (of: (cost: ReadCost) => number): number =>
    asked.reduce((sum, each) => sum + each.weight * of(each.cost), 0) / weight;
  return { seconds: mean(({ seconds }) => seconds), low: mean(({ low }) => low), high: mean(({ high }) => high) };
}
