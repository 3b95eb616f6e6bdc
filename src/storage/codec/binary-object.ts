import { Packr } from "msgpackr/pack";
import type { Codec } from "./codec.ts";

/** Records defined inside each value, so that every value stands for itself; structured clone keeps maps, sets, dates, typed arrays and cycles. */
const packr = new Packr({ useRecords: true, structuredClone: true, moreTypes: true });

/** MessagePack (msgpackr): the default of collections. */
export const binaryObjectCodec: Codec = {
  id: 2,
  name: "binary-object",
  encode: (value) => new Uint8Array(packr.pack(value)),
  decode: (bytes) => packr.unpack(bytes) as unknown,
};
