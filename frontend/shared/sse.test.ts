import { expect, test } from "vitest";
import { createParser, type Frame } from "./sse";

function parse(...chunks: string[]): Frame[] {
  const frames: Frame[] = [];
  const take = createParser((frame) => frames.push(frame));
  for (const chunk of chunks) take(chunk);
  return frames;
}

const STREAM =
  ': a comment\nevent: hello\ndata: {"a":1}\n\nid: 7\ndata: one\ndata: two\n\nretry: 5\n\n';
const FRAMES = [
  { id: null, event: "hello", data: '{"a":1}' },
  { id: "7", event: "", data: "one\ntwo" },
];

test("frames are the same wherever the text is cut", () => {
  for (let at = 0; at <= STREAM.length; at += 1) {
    expect(parse(STREAM.slice(0, at), STREAM.slice(at))).toEqual(FRAMES);
  }
});

test("all three line ends are understood, also cut between CR and LF", () => {
  expect(parse(STREAM.replaceAll("\n", "\r\n"))).toEqual(FRAMES);
  expect(parse("data: x\r", "\n\r", "\ndata: y\r\n\r\n")).toEqual([
    { id: null, event: "", data: "x" },
    { id: null, event: "", data: "y" },
  ]);
});

test("an unfinished frame is not handed on", () => {
  expect(parse("data: x\n")).toEqual([]);
});
