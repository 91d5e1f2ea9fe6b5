/** Files that go from the server, or from here, into the folder for downloads. */

/** Fetch a file of the server: the browser streams it, however large. */
export function fetchFile(href: string): void {
  const link = document.createElement("a");
  link.href = href;
  link.download = "";
  link.click();
}

/** Hand over a text as a file. */
export function keepFile(name: string, type: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser has to have begun before the text may go.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
