/** Keeps the newest object of each key, so that what is made again and says the same is the same object: who compares, or has made a text of it, need not look into it. */
export class Unchanged<Value extends object> {
  readonly #newest = new Map<string, Value>();

  /** What was made before of `key` where all fields are the same as in `made`, one by one; else `made`. */
  sameOr(key: string, made: Value): Value {
    const before = this.#newest.get(key);
    if (before !== undefined && hasSameFields(before, made)) return before;
    this.#newest.set(key, made);
    return made;
  }

  forget(): void {
    this.#newest.clear();
  }
}

function hasSameFields<Value extends object>(a: Value, b: Value): boolean {
  for (const name in a) if (!Object.is(a[name], b[name])) return false;
  for (const name in b) if (!(name in a)) return false;
  return true;
}
