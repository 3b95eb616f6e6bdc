/** Where a command's words go: results on stdout, everything about the work on stderr. */
export interface Output {
  /** True when the result has to be one JSON document on stdout. */
  readonly json: boolean;
  /** A line of the result for people; nothing in JSON mode. */
  line(text?: string): void;
  /** The result as one JSON document; nothing outside JSON mode, nor behind a list that was cut off: no two documents stand there. */
  document(value: unknown): void;
  /** The result as one JSON document whose last member is a list that no memory need hold, written as it comes; nothing outside JSON mode. Where the rows fail it stays cut off, so that nobody takes it for whole. */
  list(members: object, name: string, rows: AsyncIterable<readonly object[]>): Promise<void>;
  /** A line on stderr, in both modes. */
  note(text: string): void;
  /** Replaces the line of progress on a terminal; elsewhere a line now and then. An empty text ends it. */
  progress(text: string): void;
  /** Unformatted text on stdout, in the caller's own line ends. */
  raw(text: string): void;
  /** Columns of the terminal; a file has no edge. */
  readonly width: number;
}

const progressEvery = { terminal: 100, file: 5_000 } as const;

export function createOutput(json: boolean): Output {
  const terminal = process.stderr.isTTY;
  let shown = false;
  let lastProgress = Number.NEGATIVE_INFINITY;
  const clear = (): void => {
    if (shown) process.stderr.write("\r\u001B[K");
    shown = false;
  };
  let isCutOff = false;
  const width = process.stdout.columns ?? Number.POSITIVE_INFINITY;
  return {
    json,
    width,
    line: (text = "") => {
      if (json) return;
      clear();
      process.stdout.write(`${text}\n`);
    },
    document: (value) => {
      if (json && !isCutOff) process.stdout.write(`${JSON.stringify(value, jsonValue, 2)}\n`);
    },
    list: async (members, name, rows) => {
      if (!json) return;
      isCutOff = true;
      const head = JSON.stringify({ ...members, [name]: [] }, jsonValue, 2);
      process.stdout.write(head.slice(0, head.lastIndexOf("]")));
      let before = "\n    ";
      for await (const some of rows) {
        if (some.length === 0) continue;
        process.stdout.write(before + some.map((row) => JSON.stringify(row, jsonValue)).join(",\n    "));
        before = ",\n    ";
      }
      process.stdout.write("\n  ]\n}\n");
      isCutOff = false;
    },
    note: (text) => {
      clear();
      process.stderr.write(`${text}\n`);
    },
    progress: (text) => {
      if (text === "") {
        clear();
        lastProgress = Number.NEGATIVE_INFINITY;
        return;
      }
      const now = performance.now();
      if (now - lastProgress < (terminal ? progressEvery.terminal : progressEvery.file)) return;
      lastProgress = now;
      if (terminal) process.stderr.write(`\r${text.slice(0, (process.stderr.columns ?? 100) - 1)}\u001B[K`);
      else process.stderr.write(`${text}\n`);
      shown = terminal;
    },
    raw: (text) => {
      process.stdout.write(text);
    },
  };
}

/** JSON has no NaN and no Infinity: null, as for anything not known. */
function jsonValue(_key: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? null : value;
}
