import { expect, test } from "vitest";
import { embedOf } from "./embeds";
import { paragraphs } from "./markdown";

test("a legal text becomes paragraphs of spans, and nothing in it becomes markup", () => {
  const text =
    "Hello **you *there***\n\nSee [our *policy*](https://a.example/p) or **[x](https://b.example)**.";
  expect(paragraphs("One *two*\nthree\n \n**four**  ")).toEqual([
    [{ text: "One " }, { text: "two", em: true }, { text: "\nthree" }],
    [{ text: "four", strong: true }],
  ]);
  const [, links] = paragraphs(text);
  expect(links?.filter(({ href }) => href)).toEqual([
    { text: "our *policy*", href: "https://a.example/p" },
    { text: "x", href: "https://b.example", strong: true },
  ]);
  for (const odd of ["[x](javascript:alert(1))", "[x](data:text/html,1)", "<b>x</b>"]) {
    expect(paragraphs(odd)).toEqual([[{ text: odd }]]);
  }
});

test("no legal text takes longer than its length", () => {
  for (const part of ["*", "**", "[", "[a](https://", "**a", "_"]) {
    const start = performance.now();
    paragraphs(part.repeat(20_000));
    expect(performance.now() - start).toBeLessThan(1_000);
  }
});

test("links to the five providers become frames on their hosts, and others stay links", () => {
  const src = (href: string) => embedOf(href)?.src ?? null;
  const youtube = "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ";
  for (const href of [
    "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=3",
    "https://youtu.be/dQw4w9WgXcQ?si=abc",
    "https://m.youtube.com/shorts/dQw4w9WgXcQ",
    "http://youtube.com/live/dQw4w9WgXcQ",
  ]) {
    expect(src(href)).toBe(youtube);
  }
  expect(src("https://vimeo.com/76979871")).toBe("https://player.vimeo.com/video/76979871?dnt=1");
  expect(src("https://vimeo.com/76979871/abc1")).toContain("&h=abc1");
  expect(src("https://www.google.com/maps/place/Caf%C3%A9+Central/@48.21,16.36,17z/data=x")).toBe(
    "https://www.google.com/maps?output=embed&q=Caf%C3%A9%20Central&ll=48.21,16.36&z=17",
  );
  expect(src("https://maps.google.de/?q=Oslo")).toBe(
    "https://www.google.com/maps?output=embed&q=Oslo",
  );
  expect(src("https://open.spotify.com/intl-de/track/4uLU6hMCjMI75M1A2tKUQC?si=1")).toBe(
    "https://open.spotify.com/embed/track/4uLU6hMCjMI75M1A2tKUQC",
  );
  expect(src("https://soundcloud.com/forss/flickermood")).toBe(
    "https://w.soundcloud.com/player/?url=https%3A%2F%2Fsoundcloud.com%2Fforss%2Fflickermood",
  );
  for (const href of [
    "https://youtube.com.evil.example/watch?v=dQw4w9WgXcQ",
    "https://www.youtube.com/watch?v=../../x",
    "https://www.youtube.com/@somebody",
    "https://vimeo.com/about",
    "https://www.google.com/search?q=maps",
    "https://www.google.com/maps/place/%ZZ",
    "https://evil.example/maps?q=x",
    "https://soundcloud.com/forss",
    "ftp://vimeo.com/76979871",
    "mailto:a@vimeo.com",
    "not an address",
  ]) {
    expect(embedOf(href)).toBeNull();
  }
});
