import { describe, expect, it } from "vitest";
import { assumedReadSeconds, assumedTcpRead, serialReadSeconds } from "#modbus/cost-model.ts";

describe("the time of a read on a serial line", () => {
  it("is that of its bytes, silences, the device's turnaround and Home Assistant's wait", () => {
    // 9600 8N1, one register: (8 + 5 + 2) bytes and 2 × 3.5 characters of 10/9600 s, and 50 ms.
    expect(serialReadSeconds(1)).toBeCloseTo((15 + 7) * (10 / 9_600) + 0.05, 9);
  });

  it("grows by two bytes a register", () => {
    expect(serialReadSeconds(11) - serialReadSeconds(1)).toBeCloseTo(20 * (10 / 9_600), 9);
  });

  it("keeps the fixed silence of 1.75 ms above 19,200 baud", () => {
    const line = { baud: 115_200, bitsPerByte: 11, turnaround: 0, messageWait: 0 };
    expect(serialReadSeconds(1, line)).toBeCloseTo((15 * 11) / 115_200 + 0.0035, 9);
  });

  it("is assumed by the kind of bus until it was observed", () => {
    expect(assumedReadSeconds("serial")).toBe(serialReadSeconds(1));
    expect(assumedReadSeconds("rtuovertcp")).toBe(serialReadSeconds(1));
    expect(assumedReadSeconds("tcp")).toBe(assumedTcpRead);
    expect(assumedReadSeconds("unknown")).toBe(assumedTcpRead);
  });
});
