/** Languages our names are there in. Home Assistant translates nothing that comes over MQTT: the names are sent in the language of the home. */
export const languages = ["en", "de"] as const;
export type Language = (typeof languages)[number];

export type LocalText = Readonly<Record<Language, string>>;

/** Of a tag such as `de-AT`; English for what we do not know. */
export function languageOf(tag: string | undefined): Language {
  const wanted = (tag ?? "").toLowerCase().split(/[-_]/)[0];
  return languages.find((language) => language === wanted) ?? "en";
}
