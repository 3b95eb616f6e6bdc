/** Latin letters for Cyrillic ones, as python-slugify (Unidecode) writes them; а to я. */
const cyrillic = "a b v g d e zh z i i k l m n o p r s t u f kh ts ch sh shch  y  e iu ia".split(" ");
const firstCyrillic = 0x04_30;
const others: Readonly<Record<string, string>> = {
  ß: "ss",
  æ: "ae",
  ø: "o",
  œ: "oe",
  đ: "d",
  ł: "l",
  þ: "th",
  ё: "e",
  і: "i",
  ї: "i",
  є: "ie",
  ґ: "g",
};

/** The entity id that Home Assistant gives to something of this name, as long as nobody else has it. */
export function entityIdOf(domain: string, name: string): string {
  const latin = Array.from(name.toLowerCase(), (letter) => {
    const code = letter.charCodeAt(0) - firstCyrillic;
    return others[letter] ?? cyrillic[code] ?? letter;
  }).join("");
  const slug = latin
    .normalize("NFKD")
    .replace(/[\u0300-\u036F'’]/g, "")
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "");
  return `${domain}.${slug === "" ? "unnamed" : slug}`;
}
