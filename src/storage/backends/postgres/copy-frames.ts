/** A row of the table without its site. */
export interface SampleRow {
  readonly entity: number;
  /** ms since 1970. */
  readonly time: number;
  /** How many samples of the same entity and millisecond stand before it. */
  readonly place: number;
  readonly state: string;
  readonly value: number | null;
}

const signature = Buffer.from("PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0", "latin1");
const trailer = Buffer.from([0xff, 0xff]);
const columns = 6;
const none = -1;
/** Each column's length is four bytes; of a row without its text. */
const rowBytes = 2 + columns * 4 + 2 + 4 + 8 + 2 + 8;
const frameBytes = 262_144;
/** At most so many bytes of UTF-8 for one UTF-16 unit. */
const unitBytes = 3;
/** ms since 1970 at which PostgreSQL's times begin. */
const epoch = Date.UTC(2000, 0, 1);
const high = 2 ** 32;

/**
 * Rows in COPY's binary format (postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.4), some thousand at a time: the server need not parse texts.
 */
export function* copyFrames(site: number, rows: readonly SampleRow[]): Generator<Buffer> {
  yield signature;
  let frame = Buffer.allocUnsafe(frameBytes);
  let at = 0;
  for (const { entity, time, place, state, value } of rows) {
    const most = rowBytes + state.length * unitBytes;
    if (at + most > frame.length) {
      yield frame.subarray(0, at);
      frame = Buffer.allocUnsafe(Math.max(frameBytes, most));
      at = 0;
    }
    at = frame.writeInt16BE(columns, at);
    at = frame.writeInt16BE(site, frame.writeInt32BE(2, at));
    at = frame.writeInt32BE(entity, frame.writeInt32BE(4, at));
    const microseconds = (time - epoch) * 1_000;
    const upper = Math.floor(microseconds / high);
    at = frame.writeInt32BE(upper, frame.writeInt32BE(8, at));
    at = frame.writeUInt32BE(microseconds - upper * high, at);
    at = frame.writeInt16BE(place, frame.writeInt32BE(2, at));
    const length = frame.write(state, at + 4);
    at = frame.writeInt32BE(length, at) + length;
    at = value === null ? frame.writeInt32BE(none, at) : frame.writeDoubleBE(value, frame.writeInt32BE(8, at));
  }
  yield frame.subarray(0, at);
  yield trailer;
}
