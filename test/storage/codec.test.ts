import { writeFileSync } from "node:fs";
import { gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { CadenceError } from "#core/errors.ts";
import { MemoryStore } from "#storage/backends/memory-store.ts";
import { binaryObjectCodec } from "#storage/codec/binary-object.ts";
import type { Codec } from "#storage/codec/codec.ts";
import { CodecRegistry, standardCodecs } from "#storage/codec/codec-registry.ts";
import { columnsCodec } from "#storage/codec/columns.ts";
import { gzipCodec, zstdCodec } from "#storage/codec/compressed.ts";
import { customJsonCodec } from "#storage/codec/custom-json.ts";
import { encryptedCodec } from "#storage/codec/encrypted.ts";
import { parseEncryptionKey, readEncryptionKey } from "#storage/codec/encryption-key.ts";
import { jsonCodec } from "#storage/codec/json.ts";
import { decodeTagged, encodeTagged } from "#storage/codec/tagged-value.ts";
import { textCodec } from "#storage/codec/text.ts";
import { Collection } from "#storage/collection.ts";
import { TemporaryFolder } from "../support/temporary-folder.ts";

const folder = new TemporaryFolder();
afterAll(() => folder[Symbol.dispose]());
const key = Buffer.alloc(32, 7);
const withKey = (): CodecRegistry => standardCodecs().register(encryptedCodec(key, binaryObjectCodec));
const roundTrip = (codec: Codec, value: unknown): unknown =>
  decodeTagged(encodeTagged(codec, 1, value), withKey()).value;

const plainValue = fc.jsonValue({ maxDepth: 3 }).filter((value) => !JSON.stringify(value).includes("-0"));
const cell = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.string({ unit: "binary" }),
  fc.boolean(),
  fc.constant(null),
  fc.constant("on"),
);
const records = fc.array(
  fc.dictionary(fc.constantFrom("a", "b", "__proto__", "ж", ""), cell, { noNullPrototype: true }),
  { maxLength: 30 },
);

describe("what a codec wrote", () => {
  it.each(
    [
      jsonCodec,
      binaryObjectCodec,
      zstdCodec(jsonCodec),
      gzipCodec(binaryObjectCodec),
      encryptedCodec(key, zstdCodec(jsonCodec)),
    ].map((codec) => [codec.name, codec] as const),
  )("%s gives back, whatever the value", (_name, codec) => {
    fc.assert(
      fc.property(plainValue, (value) => {
        expect(roundTrip(codec, value)).toEqual(value);
      }),
      { numRuns: 50 },
    );
  });

  it("binary objects keep maps, sets, dates, typed arrays and cycles", () => {
    const value: Record<string, unknown> = {
      map: new Map<unknown, unknown>([
        ["a", 1],
        [2, new Set(["x"])],
      ]),
      date: new Date(1_700_000_000_123),
      floats: Float64Array.of(1.5, Number.NaN, -0),
      bytes: Uint8Array.of(1, 2, 3),
      big: 2n ** 60n,
      nothing: undefined,
    };
    value["itself"] = value;
    const back = roundTrip(binaryObjectCodec, value) as Record<string, unknown>;
    expect(back["itself"]).toBe(back);
    expect({ ...back, itself: 0 }).toEqual({ ...value, itself: 0 });
  });

  it("text keeps any text, halves of characters too, and takes nothing else", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.nat(0xffff).map((unit) => String.fromCharCode(unit)) }), (value) => {
        expect(roundTrip(textCodec, value)).toBe(value);
      }),
    );
    expect(() => textCodec.encode(5)).toThrow("texts only");
  });

  it("columns keep lists of records with whatever is in them", () => {
    fc.assert(
      fc.property(records, (value) => {
        expect(roundTrip(columnsCodec, value)).toEqual(value);
      }),
      { numRuns: 300 },
    );
    expect(() => columnsCodec.encode([1])).toThrow("plain records");
    expect(() => columnsCodec.encode({ a: 1 })).toThrow("plain records");
  });

  it("columns of a day of a sensor take a fraction of what JSON takes", () => {
    const rows = Array.from({ length: 2_000 }, (_, index) => ({
      time: 1_700_000_000_000 + index * 60_000,
      state: index % 9 === 0 ? "idle" : "heating",
      on: index % 50 > 3,
    }));
    expect(columnsCodec.encode(rows).length * 8).toBeLessThan(jsonCodec.encode(rows).length);
  });

  it("custom JSON has words of one's own", () => {
    const codec = customJsonCodec({
      id: 200,
      name: "json with dates",
      encode: (value) => (value instanceof Date ? { $date: value.toISOString() } : value),
      decode: (value) =>
        typeof value === "object" && value !== null && "$date" in value ? new Date(String(value.$date)) : value,
    });
    const codecs = standardCodecs().register(codec);
    const value = { when: new Date(5), list: [new Date(6), 7] };
    expect(decodeTagged(encodeTagged(codec, 1, value), codecs).value).toEqual(value);
    expect(() => decodeTagged(encodeTagged(codec, 1, value))).toThrow("codec 200");
  });
});

describe("a collection", () => {
  it("reads what any known codec wrote, whichever it writes now", async () => {
    const store = new MemoryStore();
    const codecs = [
      jsonCodec,
      binaryObjectCodec,
      zstdCodec(jsonCodec),
      gzipCodec(columnsCodec),
      encryptedCodec(key, binaryObjectCodec),
    ];
    for (const [index, codec] of codecs.entries())
      await new Collection<unknown>(store, { name: "notes", version: 1, codec, codecs: withKey() }).put(String(index), [
        { index },
      ]);
    const collection = new Collection<unknown>(store, { name: "notes", version: 1, codecs: withKey() });
    const values: unknown[] = [];
    for await (const [, value] of collection.entries()) values.push(value);
    expect(values).toEqual(codecs.map((_codec, index) => [{ index }]));
  });
});

describe("a key", () => {
  const secret = { text: "the heat pump is off while nobody is at home".repeat(3) };
  const bytes = encodeTagged(encryptedCodec(key, binaryObjectCodec), 1, secret);

  it("hides what it encrypts, differently each time", () => {
    expect(Buffer.from(bytes).includes("heat pump")).toBe(false);
    expect(encodeTagged(encryptedCodec(key, binaryObjectCodec), 1, secret)).not.toEqual(bytes);
  });

  it("that is another one, or none, is told apart from damage", () => {
    const other = standardCodecs().register(encryptedCodec(Buffer.alloc(32, 8), binaryObjectCodec));
    const codeOf = (run: () => unknown): string => {
      try {
        run();
        return "nothing";
      } catch (error) {
        return (error as CadenceError).code;
      }
    };
    expect(codeOf(() => decodeTagged(bytes, other))).toBe("STORE_KEY_WRONG");
    expect(codeOf(() => decodeTagged(bytes))).toBe("CODEC_UNKNOWN");
    const changed = bytes.slice();
    changed[40] = (changed[40] as number) ^ 1;
    expect(codeOf(() => decodeTagged(changed, withKey()))).toBe("STORE_CORRUPT");
    expect(codeOf(() => encryptedCodec(Buffer.alloc(16), binaryObjectCodec))).toBe("STORE_KEY_WRONG");
  });
});

describe("where a key comes from", () => {
  const bytes = Uint8Array.from({ length: 32 }, (_, index) => index * 7);
  const buffer = Buffer.from(bytes);

  it.each([buffer.toString("hex"), buffer.toString("hex").toUpperCase(), ` ${buffer.toString("base64")}\n`])(
    "an option: %j",
    (text) => {
      expect(parseEncryptionKey(text)).toEqual(bytes);
    },
  );

  it.each([bytes, buffer.toString("hex"), `${buffer.toString("base64url")}\r\n`])(
    "a file that holds %j",
    async (content) => {
      writeFileSync(folder.at("key"), content);
      expect(await readEncryptionKey(folder.at("key"))).toEqual(bytes);
    },
  );

  it.each(["", "password", "00".repeat(31), "00".repeat(33), "x".repeat(5_000)])(
    "is none: %j, and it is not shown",
    async (text) => {
      const withoutText: unknown = expect.not.stringContaining(text === "" ? "password" : text);
      expect(() => parseEncryptionKey(text)).toThrow(
        expect.objectContaining({ code: "STORE_KEY_WRONG", message: withoutText }),
      );
      writeFileSync(folder.at("no-key"), text);
      await expect(readEncryptionKey(folder.at("no-key"))).rejects.toMatchObject({ code: "STORE_KEY_WRONG" });
    },
  );

  it("is not there", async () => {
    await expect(readEncryptionKey(folder.at("missing"))).rejects.toThrow(/cannot be read/);
    await expect(readEncryptionKey(folder.at("."))).rejects.toMatchObject({ code: "STORE_KEY_WRONG" });
  });
});

describe("hostile bytes", () => {
  const values = [
    { a: [1, 2, 3], b: "text", c: null },
    [
      { a: 1, b: "x" },
      { a: 2.5, c: true },
    ],
  ];
  const written = [
    jsonCodec,
    binaryObjectCodec,
    columnsCodec,
    zstdCodec(columnsCodec),
    gzipCodec(jsonCodec),
    encryptedCodec(key, binaryObjectCodec),
  ].map((codec) => [codec.name, encodeTagged(codec, 1, values[1])] as const);

  it.each(written)("never do more than say that they are damaged: %s", (_name, bytes) => {
    const known = new Set(["STORE_CORRUPT", "CODEC_UNKNOWN", "STORE_KEY_WRONG"]);
    const attempt = (changed: Uint8Array): void => {
      try {
        decodeTagged(changed, withKey());
      } catch (error) {
        expect(known).toContain((error as CadenceError).code);
      }
    };
    for (let length = 0; length < bytes.length; length += 1) attempt(bytes.slice(0, length));
    for (let position = 0; position < bytes.length; position += 1)
      for (let bit = 0; bit < 8; bit += 1) {
        const changed = bytes.slice();
        changed[position] = (changed[position] as number) ^ (1 << bit);
        attempt(changed);
      }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.constantFrom(1, 2, 3, 4, 16, 17, 18), (rest, id) =>
        attempt(Uint8Array.of(id, 1, ...rest)),
      ),
    );
  });

  it("that unpack to more than a value may be are refused", () => {
    const zeros = Buffer.alloc(70_000_000);
    for (const [id, packed] of [
      [16, zstdCompressSync(zeros)],
      [17, gzipSync(zeros)],
    ] as const) {
      expect(packed.length).toBeLessThan(100_000);
      expect(() => decodeTagged(Buffer.concat([Buffer.of(id, 1, 1), packed]))).toThrow("Stored bytes are damaged");
    }
  });
});

describe("the registry", () => {
  it("gives no id to two codecs", () => {
    const mine = customJsonCodec({ id: 1, name: "mine", encode: (value) => value, decode: (value) => value });
    expect(() => standardCodecs().register(mine)).toThrow("Codec mine cannot have the id 1: json.");
    expect(() => standardCodecs().register({ ...mine, id: 0 })).toThrow("cannot have the id 0");
    expect(standardCodecs().register(jsonCodec).find(1)).toBe(jsonCodec);
  });
});
