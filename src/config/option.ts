/** What an option takes, with its limits. `T` is the value that the program sees. */
export type OptionType =
  | { readonly type: "text"; readonly pattern?: RegExp; readonly rule?: string }
  | { readonly type: "secret" }
  | { readonly type: "url"; readonly protocols: readonly string[] }
  | { readonly type: "integer" | "number"; readonly minimum: number; readonly maximum: number; readonly unit?: string }
  | { readonly type: "boolean" }
  | { readonly type: "choice"; readonly choices: readonly string[] }
  | { readonly type: "list"; readonly pattern: RegExp; readonly rule: string };

/** One row of the options table. */
export type Option = OptionType & {
  /** Used when nobody says anything; absent = the option is then not set. */
  readonly default?: string | number | boolean | readonly string[];
  /** One or two sentences for people. */
  readonly text: string;
  /** Environment variable beside `CADENCE_<KEY>`. */
  readonly environment?: string;
  /** Not offered in the add-on, where the Supervisor decides it. @default true */
  readonly addon?: boolean;
};

/** The rule of an option in words: what a value has to be. */
export function ruleOf(option: Option): string {
  switch (option.type) {
    case "text":
      return option.rule ?? "text";
    case "secret":
      return "a text that is not empty";
    case "url":
      return `an address that begins with ${option.protocols.map((protocol) => `${protocol}//`).join(" or ")}`;
    case "integer":
    case "number":
      return `${option.type === "integer" ? "a whole number" : "a number"} from ${option.minimum} to ${option.maximum}${option.unit === undefined ? "" : ` (${option.unit})`}`;
    case "boolean":
      return "true or false";
    case "choice":
      return `one of ${option.choices.join(", ")}`;
    case "list":
      return `a list of ${option.rule}`;
  }
}

/** The value as the program sees it, or undefined when it breaks the option's rule. Texts are taken for numbers, booleans and lists too, as the environment has only texts. */
export function readOption(option: Option, raw: unknown): unknown {
  switch (option.type) {
    case "text":
      return typeof raw === "string" && (option.pattern?.test(raw) ?? true) ? raw : undefined;
    case "secret":
      return typeof raw === "string" && raw.trim() !== "" ? raw.trim() : undefined;
    case "url":
      return readUrl(raw, option.protocols);
    case "integer":
    case "number": {
      const value = typeof raw === "string" && raw.trim() !== "" ? Number(raw) : raw;
      if (typeof value !== "number" || !Number.isFinite(value)) return undefined;
      if (option.type === "integer" && !Number.isInteger(value)) return undefined;
      return value >= option.minimum && value <= option.maximum ? value : undefined;
    }
    case "boolean":
      if (typeof raw === "boolean") return raw;
      return raw === "true" ? true : raw === "false" ? false : undefined;
    case "choice":
      return typeof raw === "string" && option.choices.includes(raw) ? raw : undefined;
    case "list": {
      const items: unknown = typeof raw === "string" ? raw.split(",").map((item) => item.trim()) : raw;
      if (!Array.isArray(items)) return undefined;
      const texts = items.filter((item) => item !== "") as unknown[];
      return texts.every((item) => typeof item === "string" && option.pattern.test(item)) ? texts : undefined;
    }
  }
}

function readUrl(raw: unknown, protocols: readonly string[]): string | undefined {
  if (typeof raw !== "string" || !URL.canParse(raw.trim())) return undefined;
  const url = new URL(raw.trim());
  return protocols.includes(url.protocol) && url.hostname !== "" ? raw.trim().replace(/\/+$/, "") : undefined;
}
