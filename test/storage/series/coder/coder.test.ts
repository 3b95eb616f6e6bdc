import { crc32 } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { squashTable, stretchTable } from "#storage/series/coder/mixture.ts";
import { decodeModelled, encodeModelled } from "#storage/series/coder/modelled-integers.ts";
import { RangeCoder } from "#storage/series/coder/range-coder.ts";
import { seeded } from "../../../support/random.ts";

describe("the range coder", () => {
  it("gives back bits of any probability, and raw bits between them", () => {
    const steps = fc.array(
      fc.oneof(
        fc.record({ bit: fc.integer({ min: 0, max: 1 }), probability: fc.integer({ min: 1, max: 65_535 }) }),
        fc
          .integer({ min: 1, max: 16 })
          .chain((count) =>
            fc.record({ count: fc.constant(count), value: fc.integer({ min: 0, max: 2 ** count - 1 }) }),
          ),
      ),
      { maxLength: 400 },
    );
    fc.assert(
      fc.property(steps, (list) => {
        const writing = RangeCoder.writing();
        for (const step of list) {
          if ("bit" in step) writing.bit(step.bit, step.probability);
          else writing.raw(step.value, step.count);
        }
        const reading = RangeCoder.reading(writing.finish());
        for (const step of list) {
          if ("bit" in step) expect(reading.bit(0, step.probability)).toBe(step.bit);
          else expect(reading.raw(0, step.count)).toBe(step.value);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("carries through long runs of full bytes", () => {
    const writing = RangeCoder.writing();
    // Ever the upper part of the range: the lower end creeps up to the next whole byte.
    for (let index = 0; index < 3_000; index += 1) writing.bit(index % 97 === 0 ? 1 : 0, 1);
    const reading = RangeCoder.reading(writing.finish());
    for (let index = 0; index < 3_000; index += 1) expect(reading.bit(0, 1)).toBe(index % 97 === 0 ? 1 : 0);
  });

  it("takes what the probabilities say, and no more", () => {
    const random = seeded(5);
    const writing = RangeCoder.writing();
    for (let index = 0; index < 100_000; index += 1) writing.bit(random() < 0.02 ? 1 : 0, 1_311);
    const entropy = -(0.02 * Math.log2(0.02) + 0.98 * Math.log2(0.98));
    expect((writing.finish().length * 8) / 100_000 / entropy).toBeLessThan(1.03);
  });
});

describe("modelled integers", () => {
  it("come back as they were, up to the largest", () => {
    const values = fc.array(
      fc.oneof(
        fc.integer({ min: -20, max: 20 }),
        fc.integer({ min: -100_000, max: 100_000 }),
        fc.maxSafeInteger().map((value) => Math.floor(value / 4)),
        fc.constantFrom(0, 2 ** 51, -(2 ** 51), 2 ** 31, -(2 ** 31), 2 ** 32 - 1, 65_536),
      ),
      { maxLength: 300 },
    );
    fc.assert(
      fc.property(values, (list) => {
        const back = new Float64Array(list.length);
        decodeModelled(encodeModelled(list), back);
        expect([...back]).toEqual(list.map((value) => value + 0));
      }),
      { numRuns: 300 },
    );
  });

  it("take close to the entropy of what is drawn", () => {
    const random = seeded(9);
    const values = Array.from({ length: 20_000 }, () => Math.floor(random() * 4) + Math.floor(random() * 4) - 3);
    // Two dice of four: 1/16, 2/16, 3/16, 4/16, 3/16, 2/16, 1/16.
    const entropy = [1, 2, 3, 4, 3, 2, 1].reduce((sum, count) => sum - (count / 16) * Math.log2(count / 16), 0);
    expect((encodeModelled(values).length * 8) / values.length / entropy).toBeLessThan(1.02);
  });

  it("end, whatever the bytes are", () => {
    const random = seeded(2);
    for (let round = 0; round < 50; round += 1) {
      const bytes = Uint8Array.from({ length: Math.floor(random() * 60) }, () => Math.floor(random() * 256));
      const values = new Float64Array(500);
      decodeModelled(bytes, values);
      for (const value of values) expect(Number.isSafeInteger(value)).toBe(true);
    }
  });
});

describe("the tables of the mixture", () => {
  it("are the same everywhere: what one machine wrote another must read", () => {
    expect(crc32(new Uint8Array(stretchTable.buffer))).toBe(2_001_048_226);
    expect(crc32(new Uint8Array(squashTable.buffer))).toBe(4_164_748_807);
  });
});
