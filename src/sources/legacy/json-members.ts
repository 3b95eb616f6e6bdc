import { JsonReader, type JsonValue, NotJson } from "./json-reader.ts";

/** A member of the object that a file is. */
export interface JsonMember {
  readonly key: string;
  readonly value: JsonValue;
  /** False for the one that was cut off or damaged; `isComplete` then says which parts of it are whole. */
  readonly complete: boolean;
  isComplete(part: JsonValue): boolean;
  /** Found behind a damage: it may have stood deeper than the others. */
  readonly behindDamage: boolean;
}

/** Something in a file that is no JSON. */
export interface JsonDamage {
  /** In bytes of the text, unpacked where it was packed. */
  readonly offset: number;
  readonly text: string;
}

/** What is found out while the members are read. */
export interface JsonFindings {
  readonly damage: JsonDamage[];
  notNumbers: number;
}

/** A member that is longer, in bytes, cannot be one. */
const longestMember = 16 * 1024 * 1024;
/** Characters that are looked at in vain behind damages, as a multiple of what a file has: then the rest is given up. */
const mostEffort = 16;
const leastEffort = 64 * 1024 * 1024;
const mostDamages = 1_000;
// oxlint-disable-next-line no-control-regex -- they are no part of a name
const memberBegin = /"(?:[^"\\\u0000-\u001F]|\\[^\u0000-\u001F]){0,300}"[ \t\r\n]*:[ \t\r\n]*[[{]/g;
/** As long as a beginning can be. */
const longestBegin = 1_024;

/**
 * The members of a JSON object, one after the other, in memory of one of them: of a damaged or cut file all that are whole, also behind the damage, where
 * `isRecord` tells a member from what stands inside one.
 */
export async function* readMembers(
  pieces: AsyncIterable<string>,
  findings: JsonFindings,
  isRecord: (key: string, value: JsonValue) => boolean,
): AsyncGenerator<JsonMember> {
  const window = new Window(pieces);
  let mode: "before" | "inside" | "searching" = "before";
  let behindDamage = false;
  let objects = 0;
  let wasted = 0;
  const damaged = (text: string, at = 0): void => {
    behindDamage = true;
    if (findings.damage.length < mostDamages) findings.damage.push({ offset: window.offset + at, text });
  };
  const search = (next: string, at = 0): void => {
    damaged(next === "" ? "is cut off" : next === "\0" ? "has zeros in it" : "is damaged", at);
    mode = "searching";
  };
  for (;;) {
    if (mode === "before") {
      const first = await window.peek();
      if (first === "") {
        if (objects === 0) damaged("is empty");
        return;
      }
      if (first !== "{") {
        search(first);
        continue;
      }
      if (objects > 0) damaged("goes on behind its end");
      objects += 1;
      window.drop(1);
      mode = "inside";
      if ((await window.peek()) === "}") {
        window.drop(1);
        mode = "before";
      }
      continue;
    }
    if (mode === "searching" && !(await window.find(memberBegin, longestBegin))) return;
    const member = await readMember(window);
    if (
      mode === "searching" &&
      (member.fault !== undefined || member.value === undefined || !isRecord(member.key, member.value))
    ) {
      wasted += member.looked;
      if (wasted > Math.max(leastEffort, mostEffort * window.offset)) {
        damaged("is too damaged to be searched on");
        return;
      }
      // Perhaps a member stands inside it.
      window.drop(Math.max(1, member.inside));
      continue;
    }
    findings.notNumbers += member.notNumbers;
    const open = new Set<unknown>(member.open);
    const { key, value, fault } = member;
    if (value !== undefined) {
      const complete = fault === undefined;
      yield { key, value, complete, isComplete: (part) => !open.has(part), behindDamage };
    }
    if (fault !== undefined) {
      search(window.text[member.length] ?? "", member.length);
      // A text that was never closed may have swallowed the quote with which the next member begins.
      window.drop(Math.max(0, window.text.lastIndexOf('"', member.length - 1)));
      continue;
    }
    window.drop(member.length);
    const next = await window.peek();
    if (next === "," || next === "}") window.drop(1);
    if (next === "}") {
      // Behind a damage nobody knows what it is that ends.
      mode = mode === "inside" && !behindDamage ? "before" : "searching";
      continue;
    }
    const begin = next === "," ? await window.peek() : next;
    // Python leaves no comma behind the last member.
    if (next === "," && begin === '"') mode = "inside";
    else search(begin);
  }
}

interface ReadMember {
  readonly key: string;
  /** Undefined when nothing of it could be read. */
  readonly value: JsonValue | undefined;
  readonly open: readonly unknown[];
  /** Characters of it, or up to the fault. */
  readonly length: number;
  /** Where its value begins, behind its first character. */
  readonly inside: number;
  /** Characters that were looked at. */
  readonly looked: number;
  readonly notNumbers: number;
  readonly fault?: NotJson;
}

/** Reads a member at the beginning of the window, which grows until it is whole. */
async function readMember(window: Window): Promise<ReadMember> {
  for (let looked = 0; ;) {
    const reader = new JsonReader(window.text);
    let key = "";
    let inside = 0;
    let value: JsonValue | undefined;
    let fault: NotJson | undefined;
    try {
      reader.take('"');
      reader.at -= 1;
      key = reader.string();
      reader.take(":");
      reader.peek();
      inside = reader.at + 1;
      reader.value((read) => (value = read));
    } catch (error) {
      if (!(error instanceof NotJson)) throw error;
      fault = error;
    }
    const end = fault?.at ?? reader.at;
    looked += end;
    if (fault?.ended === true && window.text.length < longestMember && (await window.more())) continue;
    return {
      key,
      value,
      open: reader.open,
      length: end,
      inside,
      looked,
      notNumbers: reader.notNumbers,
      ...(fault === undefined ? {} : { fault }),
    };
  }
}

/** The part of a text that is being looked at. */
class Window {
  readonly #pieces: AsyncIterator<string>;
  text = "";
  #dropped = 0;
  #ended = false;

  constructor(pieces: AsyncIterable<string>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  get offset(): number {
    return this.#dropped;
  }

  /** False when there is no more. */
  async more(): Promise<boolean> {
    if (this.#ended) return false;
    const next = await this.#pieces.next();
    if (next.done === true) {
      this.#ended = true;
      return false;
    }
    this.text += next.value;
    return true;
  }

  drop(count: number): void {
    this.text = this.text.slice(count);
    this.#dropped += count;
  }

  /** The first character that is no white space, which is dropped; empty at the end. */
  async peek(): Promise<string> {
    for (;;) {
      const at = this.text.search(/[^ \t\r\n]/);
      this.drop(at === -1 ? this.text.length : at);
      if (at !== -1) return this.text[0] as string;
      if (!(await this.more())) return "";
    }
  }

  /** Drops everything in front of the next match; `longest` is what a match can have in characters. False when there is none. */
  async find(pattern: RegExp, longest: number): Promise<boolean> {
    for (;;) {
      pattern.lastIndex = 0;
      const match = pattern.exec(this.text);
      if (match !== null) {
        this.drop(match.index);
        return true;
      }
      // What may be the beginning of a match stays.
      const kept = this.text.length > longest ? this.text.lastIndexOf('"') : 0;
      this.drop(Math.max(kept === -1 ? this.text.length : 0, this.text.length - longest, 0));
      if (!(await this.more())) {
        this.drop(this.text.length);
        return false;
      }
    }
  }
}
