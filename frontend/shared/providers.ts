/** The companies whose players can stand in a page, by the names that receipts use. */
export const PROVIDERS = {
  youtube: "YouTube",
  vimeo: "Vimeo",
  "google-maps": "Google Maps",
  spotify: "Spotify",
  soundcloud: "SoundCloud",
};

export type Provider = keyof typeof PROVIDERS;
