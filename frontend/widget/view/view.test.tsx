import { Fragment, render } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { beforeEach, expect, test } from "vitest";
import { signal } from "./signals";
import * as ours from "./view";

let root: HTMLElement;
beforeEach(() => {
  root = document.createElement("div");
  document.body.replaceChildren(root);
});

const drawn = () => new Promise((resolve) => setTimeout(resolve, 5));
const html = () => root.innerHTML;

test("what the tests and the panel draw with is this", () => {
  expect(render).toBe(ours.render);
  expect(Fragment).toBe(ours.Fragment);
});

test("keyed children are kept, moved and removed, and keep what belongs to them", async () => {
  const order = signal(["a", "b", "c"]);
  const List = () => (
    <ul>
      {order.value.map((name) => (
        <li key={name}>
          <input title={name} />
        </li>
      ))}
    </ul>
  );
  render(<List />, root);
  const inputs = () => [...root.querySelectorAll("input")];
  const [a, b, c] = inputs();
  if (b) b.value = "typed";
  const put: Node[] = [];
  const insert = Node.prototype.insertBefore;
  Node.prototype.insertBefore = function <T extends Node>(this: Node, node: T, next: Node | null) {
    put.push(node);
    return insert.call(this, node, next) as T;
  };
  try {
    order.value = ["a", "x", "b", "c"];
    await drawn();
    // Only the new one was put in; who writes in another one keeps the focus.
    expect(put.map((node) => (node as Element).tagName)).toEqual(["INPUT", "LI"]);
  } finally {
    Node.prototype.insertBefore = insert;
  }
  expect(inputs().map(({ title }) => title)).toEqual(["a", "x", "b", "c"]);
  order.value = ["c", "b"];
  await drawn();
  expect(inputs()).toEqual([c, b]);
  expect(b?.value).toBe("typed");
  expect(a?.isConnected).toBe(false);
});

test("what is there or not keeps its place beside what stays", async () => {
  const shown = signal(false);
  const Two = () => (
    <>
      <i>1</i>
      <i>2</i>
    </>
  );
  const Page = () => (
    <p>
      {shown.value && <b>first</b>}
      {shown.value ? <Two /> : null}
      text {shown.value ? 1 : 0}
      <u>last</u>
    </p>
  );
  render(<Page />, root);
  const last = root.querySelector("u");
  expect(html()).toBe("<p>text 0<u>last</u></p>");
  shown.value = true;
  await drawn();
  expect(html()).toBe("<p><b>first</b><i>1</i><i>2</i>text 1<u>last</u></p>");
  expect(root.querySelector("u")).toBe(last);
  shown.value = false;
  await drawn();
  expect(html()).toBe("<p>text 0<u>last</u></p>");
});

test("a component that is drawn again by itself puts its elements where they belong", async () => {
  const count = signal(0);
  const Many = () => Array.from({ length: count.value }, (_, at) => <i key={at}>{at}</i>);
  render(
    <p>
      <b>before</b>
      <Many />
      <b>after</b>
    </p>,
    root,
  );
  count.value = 2;
  await drawn();
  expect(html()).toBe("<p><b>before</b><i>0</i><i>1</i><b>after</b></p>");
});

test("attributes, properties, listeners and styles come and go", async () => {
  const on = signal(true);
  const heard: boolean[] = [];
  const Field = () => {
    const now = on.value;
    return (
      <input
        class={now ? "a" : "b"}
        aria-disabled={now}
        hidden={now}
        title={now ? "x" : undefined}
        maxLength={3}
        value={now ? "yes" : "no"}
        style={{ aspectRatio: now ? "1 / 2" : "2 / 1" }}
        onInput={() => heard.push(now)}
      />
    );
  };
  render(<Field />, root);
  const input = root.querySelector("input") as HTMLInputElement;
  expect([input.className, input.getAttribute("aria-disabled")]).toEqual(["a", "true"]);
  expect([input.hidden, input.title, input.maxLength, input.value]).toEqual([true, "x", 3, "yes"]);
  input.dispatchEvent(new Event("input"));
  on.value = false;
  await drawn();
  expect([input.className, input.getAttribute("aria-disabled")]).toEqual(["b", "false"]);
  expect([input.hidden, input.hasAttribute("title"), input.value]).toEqual([false, false, "no"]);
  input.dispatchEvent(new Event("input"));
  expect(heard).toEqual([true, false]);
});

test("drawings of paths are drawings, and words in them are words again", () => {
  render(
    <p>
      <svg viewBox="0 0 1 1" aria-hidden="true">
        <path d="M0 0" />
      </svg>
      <b>1 &lt; 2</b>
    </p>,
    root,
  );
  expect(root.querySelector("path")?.namespaceURI).toBe("http://www.w3.org/2000/svg");
  expect(root.querySelector("b")?.namespaceURI).toBe("http://www.w3.org/1999/xhtml");
  expect(root.querySelector("svg")?.getAttribute("viewBox")).toBe("0 0 1 1");
});

test("effects run from the inside out, when the page is there, and end with their component", async () => {
  const shown = signal(true);
  const given = signal(1);
  const log: string[] = [];
  const Inner = ({ value }: { value: number }) => {
    const own = useRef<HTMLElement>(null);
    const double = useMemo(() => 2 * value, [value]);
    useLayoutEffect(() => void log.push(`layout inner ${own.current?.isConnected}`), []);
    useEffect(() => {
      log.push(`inner ${double}`);
      return () => log.push(`end ${double}`);
    }, [double]);
    return <b ref={own}>{double}</b>;
  };
  const Outer = () => {
    useLayoutEffect(() => void log.push("layout outer"), []);
    useEffect(() => void log.push("outer"), []);
    return shown.value ? <Inner value={given.value} /> : null;
  };
  render(<Outer />, root);
  expect(log.splice(0)).toEqual(["layout inner true", "layout outer"]);
  await drawn();
  expect(log.splice(0)).toEqual(["inner 2", "outer"]);
  given.value = 2;
  given.value = 3;
  await drawn();
  expect(log.splice(0)).toEqual(["end 2", "inner 6"]);
  shown.value = false;
  await drawn();
  expect(log.splice(0)).toEqual(["end 6"]);
  given.value = 4;
  await drawn();
  expect(log).toEqual([]);
});

test("another component in the same place is a new one", async () => {
  const first = signal(true);
  const A = () => <input title="a" />;
  const B = () => <input title="b" />;
  const Either = () => (first.value ? <A /> : <B />);
  render(<Either />, root);
  const input = root.querySelector("input");
  first.value = false;
  await drawn();
  expect(root.querySelector("input")?.title).toBe("b");
  expect(input?.isConnected).toBe(false);
});
