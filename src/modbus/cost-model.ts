import type { Bus } from "#model/bus.ts";

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
export const assumedLine: LineParameters = { baud: 9_600, bitsPerByte: 10, turnaround: 0.02, messageWait: 0.03 };
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
